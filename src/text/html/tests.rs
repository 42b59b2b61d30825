use super::*;
#[test]
fn first() {
    assert_eq!(clean("<div>a <b> x</b> y<br><br>z</div>", None), "<p>a <b>x</b> y</p>\n<p>z</p>");
}
