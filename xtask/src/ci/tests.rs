//! Tests of which stages run.

use super::*;

fn names(options: &CiOptions) -> Vec<&'static str> {
    chosen(options).into_iter().map(Stage::name).collect()
}

#[test]
fn all_stages_run_by_default_and_the_tests_come_last() {
    let all = names(&CiOptions::default());
    assert_eq!(all.len(), Stage::value_variants().len());
    assert_eq!(all.last(), Some(&"test"));
}

#[test]
fn the_stages_named_run_once_and_in_their_own_order() {
    let options = CiOptions {
        stages: vec![Stage::Docs, Stage::Fmt, Stage::Docs, Stage::Test],
        except: vec![Stage::Test],
    };
    assert_eq!(names(&options), ["fmt", "docs"]);
}

#[test]
fn a_stage_is_called_on_the_command_line_as_in_the_summary() {
    for stage in Stage::value_variants() {
        let value = stage.to_possible_value().unwrap();
        assert_eq!(value.get_name(), stage.name());
    }
}
