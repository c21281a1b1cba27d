//! How tokens age, and how they and the credentials behind them are taken away.

use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, ManualClock};

use crate::support::{VENDORS, call, decode, sign_in, sign_in_as};

async fn start(vendor: EmulatedVendor) -> (Emulator, ManualClock) {
    let clock = ManualClock::new();
    let builder = Emulator::builder(vendor).clock(clock.clone());
    let emulator = builder.start().await;
    (
        emulator.unwrap_or_else(|error| unreachable!("{error}")),
        clock,
    )
}

#[tokio::test]
async fn a_token_ends_with_its_lifetime() {
    for vendor in VENDORS {
        let (emulator, clock) = start(vendor).await;
        let token = sign_in(&emulator).token();
        let lifetime = if vendor == EmulatedVendor::Maia {
            1800
        } else {
            3600
        };
        clock.advance(Duration::from_secs(lifetime) - Duration::from_nanos(1));
        assert_eq!(call(&emulator, &token).status, 200, "{vendor}");
        clock.advance(Duration::from_nanos(1));
        assert_eq!(call(&emulator, &token).status, 401, "{vendor}");
        assert_eq!(call(&emulator, &sign_in(&emulator).token()).status, 200);
        assert_eq!(
            (emulator.api_requests(), emulator.unauthorized_responses()),
            (3, 1)
        );
    }
}

#[tokio::test]
async fn suspend_ages_a_token_and_a_wall_clock_set_back_does_not_save_it() {
    let (emulator, clock) = start(EmulatedVendor::Maia).await;
    let token = sign_in(&emulator).token();
    clock.suspend(Duration::from_secs(1799));
    assert_eq!(call(&emulator, &token).status, 200);
    clock.suspend(Duration::from_secs(1));
    assert_eq!(call(&emulator, &token).status, 401);
    let token = sign_in(&emulator).token();
    clock.set_wall_back(Duration::from_secs(86_400));
    clock.advance(Duration::from_secs(1800));
    assert_eq!(call(&emulator, &token).status, 401);
}

#[tokio::test]
async fn a_changed_lifetime_holds_for_new_tokens() {
    for vendor in VENDORS {
        let (emulator, clock) = start(vendor).await;
        let old = sign_in(&emulator).token();
        emulator.set_token_lifetime(Duration::from_millis(90_500));
        let reply = sign_in(&emulator);
        let body = reply.json();
        let announced = body.get("expires_in").or_else(|| body.get("expiresIn"));
        assert_eq!(announced.unwrap(), 90);
        clock.advance(Duration::from_secs(91));
        assert_eq!(call(&emulator, &reply.token()).status, 401);
        assert_eq!(call(&emulator, &old).status, 200);
    }
}

#[tokio::test]
async fn answers_and_tokens_are_dated_by_the_emulators_clock() {
    for vendor in VENDORS {
        let (emulator, clock) = start(vendor).await;
        clock.advance(Duration::from_millis(61_900));
        let reply = sign_in(&emulator);
        assert_eq!(reply.header("date"), Some("Thu, 01 Jan 2026 00:01:01 GMT"));
        if vendor != EmulatedVendor::Datasaur {
            let (_, claims) = decode(&reply.token());
            assert_eq!(claims["iat"], 1_767_225_661);
        }
        // A date that HTTP cannot write must not take the server down.
        clock.set_wall_forward(Duration::MAX);
        assert_eq!(sign_in(&emulator).status, 200);
    }
}

#[tokio::test]
async fn revoked_tokens_are_refused_and_new_ones_are_not() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let tokens = [sign_in(&emulator).token(), sign_in(&emulator).token()];
        assert!(
            tokens
                .iter()
                .all(|token| call(&emulator, token).status == 200)
        );
        emulator.revoke_tokens();
        assert!(
            tokens
                .iter()
                .all(|token| call(&emulator, token).status == 401)
        );
        assert_eq!(call(&emulator, &sign_in(&emulator).token()).status, 200);
        assert_eq!((emulator.token_requests(), emulator.api_requests()), (3, 5));
        assert_eq!(emulator.unauthorized_responses(), 2);
    }
}

#[tokio::test]
async fn a_rotated_secret_replaces_the_old_one_at_once() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let token = sign_in(&emulator).token();
        let old = emulator.client_secret();
        emulator.rotate_secret("not-a-real-secret-either");
        assert_eq!(emulator.client_secret(), "not-a-real-secret-either");
        let refused = sign_in_as(&emulator, emulator.client_id(), old);
        assert!(matches!(refused.status, 400 | 401), "{vendor}");
        assert_eq!(sign_in(&emulator).status, 200);
        assert_eq!(call(&emulator, &token).status, 200);
    }
}

#[tokio::test]
async fn a_disabled_client_keeps_its_tokens() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let token = sign_in(&emulator).token();
        emulator.disable_client();
        assert!(matches!(sign_in(&emulator).status, 400 | 401), "{vendor}");
        assert_eq!(call(&emulator, &token).status, 200);
        emulator.enable_client();
        assert_eq!(sign_in(&emulator).status, 200);
    }
}

#[tokio::test]
async fn one_emulator_refuses_the_tokens_of_another() {
    let (one, other) = (
        Emulator::start(EmulatedVendor::Runai).await.unwrap(),
        Emulator::start(EmulatedVendor::Runai).await.unwrap(),
    );
    let token = sign_in(&one).token();
    assert_eq!(
        (call(&one, &token).status, call(&other, &token).status),
        (200, 401)
    );
}
