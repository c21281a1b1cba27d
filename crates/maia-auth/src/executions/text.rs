//! Removes what must not be printed from the texts of executions and steps: the API may repeat the token in any of them.

use auth_core::ApiResponse;

use crate::wire;

/// Texts that stay as the API wrote them but for secrets, and a message, which becomes one line.
type Texts<'t> = (Vec<&'t mut Option<String>>, &'t mut Option<String>);

/// Cleans the executions of one response.
pub(super) fn clean_executions(executions: &mut [wire::Execution], response: &ApiResponse) {
    clean(executions.iter_mut().map(texts_of_execution), response);
}

/// Cleans the steps of one response.
pub(super) fn clean_steps(steps: &mut [wire::Step], response: &ApiResponse) {
    clean(steps.iter_mut().map(texts_of_step), response);
}

fn texts_of_execution(execution: &mut wire::Execution) -> Texts<'_> {
    let names = vec![
        &mut execution.id,
        &mut execution.project,
        &mut execution.pipeline,
        &mut execution.environment,
        &mut execution.status,
        &mut execution.started_at,
        &mut execution.finished_at,
    ];
    (names, &mut execution.message)
}

fn texts_of_step(step: &mut wire::Step) -> Texts<'_> {
    let names = vec![
        &mut step.name,
        &mut step.status,
        &mut step.started_at,
        &mut step.finished_at,
    ];
    (names, &mut step.message)
}

fn clean<'t>(all: impl Iterator<Item = Texts<'t>>, response: &ApiResponse) {
    let (names, messages): (Vec<_>, Vec<_>) = all.unzip();
    response.redact_all(names.into_iter().flatten().flatten());
    response.clean_all(messages.into_iter().flatten(), MAX_MESSAGE);
}

/// Enough for the error of a database that quotes its statement.
const MAX_MESSAGE: usize = 2_000;
