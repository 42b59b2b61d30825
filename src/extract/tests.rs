//! Tables of cases for extraction.
