//! Random stories: whatever happens in whatever order, the cache keeps its promises.
//!
//! `PROPTEST_CASES` plays more of them, `PROPTEST_RNG_SEED` others. A story that fails is printed in its shortest form.

mod event;
mod source;
mod world;

use std::time::Duration;

use auth_core::ErrorKind;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use self::event::{Answer, Event, Story};
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
        });
    }

    #[test]
    fn a_permanent_failure_is_asked_about_a_few_times_a_minute(
        story in event::story(),
        kind in event::kind(),
    ) {
        play(story, async |world, events| {
            for event in events {
                world.take(event).await;
            }
            world.source.answer_always(Answer::Error { kind, retry_after: None });
            let limit = match kind {
                // Three attempts of each of the seven flights that the doubling cool-downs leave room for.
                kind if event::is_retryable(kind) => 21,
                // At once, after 5 s, after 30 s, and what ran before.
                ErrorKind::Rejected => 4,
                _ => 3,
            };
            world.stays_below(limit, Duration::from_secs(600)).await;
        });
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
        });
    }
}

fn play(story: Story, scene: impl AsyncFnOnce(&mut World, Vec<Event>)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new(&story);
        scene(&mut world, story.events).await;
    });
}

/// The same stories each time, unless told otherwise: a red build must be about the change that it is a build of.
fn config() -> Config {
    let default = Config::default();
    Config {
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(20_260_101),
            chosen => chosen,
        },
        // A story that failed becomes a file in tests/scenarios, written by hand.
        failure_persistence: None,
        ..default
    }
}
