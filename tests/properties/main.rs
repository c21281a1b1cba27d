//! Random stories: whatever happens in whatever order, the cache keeps its promises.
//!
//! `PROPTEST_CASES` plays more of them, `PROPTEST_RNG_SEED` others. A story that fails is printed in its shortest form,
//! and as a scenario.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

#[path = "../scenarios/names.rs"]
mod names;
mod event;
mod record;
mod rejections;
mod source;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use self::event::{Event, Story};
use self::world::World;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_promise_holds_in_every_story(story in event::story()) {
        play(story, async |world, events| {
            for event in events {
                world.take(event).await;
            }
            world.leaves_nobody_behind().await;
        })?;
    }

    #[test]
    fn a_permanent_failure_is_asked_about_a_few_times_a_minute(
        story in event::story(),
        permanent in event::permanent(),
    ) {
        let attempts = usize::try_from(story.attempts).unwrap();
        play(story, async |world, events| {
            for event in events {
                world.take(event).await;
            }
            let (answer, refreshes) = permanent;
            world.source.answer_always(answer);
            world.stays_below(refreshes * attempts, Duration::from_secs(200)).await;
        })?;
    }

    #[test]
    fn after_shutdown_nothing_is_handed_out(story in event::story()) {
        play(story, async |world, events| {
            for event in events {
                world.take(event).await;
            }
            world.closes().await;
            for event in [Event::Get(3), Event::Peek, Event::Advance(3_600.0), Event::Get(1)] {
                world.take(event).await;
            }
            world.leaves_nobody_behind().await;
        })?;
    }
}

/// A broken promise is told with the scenario that leads there.
fn play(
    story: Story,
    scene: impl AsyncFnOnce(&mut World, Vec<Event>),
) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let mut world = World::new(&story);
    let played = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(scene(&mut world, story.events));
    }));
    played.map_err(|broken| {
        let promise = broken
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| broken.downcast_ref::<&str>().copied())
            .unwrap_or("a panic without a message");
        TestCaseError::fail(format!("{promise}\n{}", world.scenario()))
    })
}

/// The same stories each time, unless told otherwise: a red build must be about the change that it is a build of.
fn config() -> Config {
    let default = Config::default();
    Config {
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(20_260_101),
            chosen => chosen,
        },
        // A story that failed becomes a file in tests/scenarios instead.
        failure_persistence: None,
        ..default
    }
}
