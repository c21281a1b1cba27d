//! Tests of how a list looks to people and to pipes.

use super::*;

#[derive(Serialize)]
struct Entry(&'static str, &'static str);

impl Listed for Entry {
    const COLUMNS: &'static [&'static str] = &["id", "name"];

    fn cells(&self) -> Vec<String> {
        vec![self.0.to_owned(), self.1.to_owned()]
    }
}

#[test]
fn people_see_headings_and_columns_of_one_width() {
    let entries = [Entry("1", "ä long name"), Entry("1234", "b")];
    assert_eq!(
        aligned(&entries),
        "ID    NAME\n1     ä long name\n1234  b\n"
    );
    assert_eq!(aligned::<Entry>(&[]), "ID  NAME\n");
}

#[test]
fn pipes_get_tabs_and_no_headings() {
    let entries = [Entry("1", "a b"), Entry("2", "")];
    assert_eq!(separated(&entries), "1\ta b\n2\t\n");
    assert_eq!(separated::<Entry>(&[]), "");
}

#[test]
fn a_cell_can_neither_break_the_table_nor_command_the_terminal() {
    let entries = [Entry("1\t2\n3", "\u{1b}[31mred")];
    assert_eq!(separated(&entries), "1 2 3\t\u{fffd}[31mred\n");
    assert!(!aligned(&entries).contains('\u{1b}'));
}
