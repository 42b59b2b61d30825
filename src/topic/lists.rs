//! Many short lists behind one another: to read one costs one look at memory, where a vector of
//! vectors costs two. The matcher reads hundreds of them for each article, none of them in a cache.
//!
//! Must not know what it holds.

use std::ops::Range;

/// Lists by number, from 0.
#[derive(Debug)]
pub struct Lists<T> {
    ends: Vec<u32>,
    all: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            all: Vec::new(),
        }
    }
}

impl<T> Lists<T> {
    /// Puts a list behind the others: it has the next number.
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.all.extend(list);
        self.ends
            .push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The list of a number; an empty one where there is none.
    pub fn of(&self, number: u32) -> &[T] {
        self.all.get(self.range(number as usize)).unwrap_or(&[])
    }

    fn range(&self, number: usize) -> Range<usize> {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        number.checked_sub(1).map_or(0, end)..end(number)
    }
}

impl<T> FromIterator<Vec<T>> for Lists<T> {
    fn from_iter<I: IntoIterator<Item = Vec<T>>>(lists: I) -> Self {
        let mut all = Self::default();
        for list in lists {
            all.push(list);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_is_what_was_put_in() {
        let put = [vec![], vec![1, 2], vec![], vec![3]];
        let lists: Lists<i32> = put.iter().cloned().collect();
        assert_eq!(lists.len(), put.len());
        for (number, list) in (0_u32..).zip(&put) {
            assert_eq!(lists.of(number), list);
        }
        assert_eq!(lists.of(9), [0; 0]);
    }
}
