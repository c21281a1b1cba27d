//! Tests of how long a file lives by its clocks, and of files that are torn.

use super::*;

const HOUR: u64 = 3_600;

fn header(monotonic: u64, wall: u64, boot: &str, life: u64) -> Header {
    Header {
        written_at: ClockReading::new(Duration::from_secs(monotonic), Duration::from_secs(wall)),
        boot: boot.as_bytes().to_vec(),
        life: Duration::from_secs(life),
    }
}

/// What is left of half an hour, written at 1,000 s of one boot and at ten o'clock.
fn left(monotonic: u64, wall: u64, boot: &str) -> Option<u64> {
    let written = header(1_000, 10 * HOUR, "boot", 1_800);
    let now = header(monotonic, wall, boot, 0);
    written.left(&now).map(|left| left.as_secs())
}

#[test]
fn the_larger_age_counts_within_one_boot() {
    assert_eq!(left(1_100, 10 * HOUR + 100, "boot"), Some(1_700));
    // The machine was suspended.
    assert_eq!(left(1_100, 10 * HOUR + 900, "boot"), Some(900));
    // The wall clock was set back.
    assert_eq!(left(1_100, 9 * HOUR, "boot"), Some(1_700));
    assert_eq!(left(2_800, 9 * HOUR, "boot"), None);
}

#[test]
fn only_the_wall_clock_counts_after_another_boot() {
    assert_eq!(left(10, 10 * HOUR + 100, "other"), Some(1_700));
    assert_eq!(left(10, 10 * HOUR + 1_800, "other"), None);
    // It was set back, so nothing is known.
    assert_eq!(left(10, 9 * HOUR, "other"), None);
    // No system but Linux tells its boots.
    let written = header(1_000, 10 * HOUR, "", 1_800);
    assert!(written.left(&header(1_100, 9 * HOUR, "", 0)).is_none());
}

#[test]
fn a_monotonic_clock_that_ran_backwards_is_another_machines() {
    assert_eq!(left(10, 10 * HOUR + 100, "boot"), None);
}

#[test]
fn a_file_comes_back_as_it_was_written_and_no_torn_one_does() {
    let written = header(1_000, 10 * HOUR, "boot", 1_800);
    let file = written.encode(b"the record");
    let (header, record) = Header::decode(&file).unwrap();
    assert_eq!((header, &*record), (written, &b"the record"[..]));
    for length in 0..file.len() {
        assert!(Header::decode(&file[..length]).is_none(), "{length}");
    }
    assert!(Header::decode(&[&file[..], b"x"].concat()).is_none());
    assert!(Header::decode(&vec![0; file.len()]).is_none());
}

#[test]
fn a_boot_of_this_machine_is_known_on_linux() {
    assert_eq!(cfg!(target_os = "linux"), boot_id().len() == BOOT_ID);
}
