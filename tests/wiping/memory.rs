//! A secret that is known only masked, and the search for it in this process's memory.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What is searched for; masked, so that it does not find itself.
#[derive(Debug, Clone)]
pub(crate) struct Needle(Vec<u8>);

impl Needle {
    /// Makes up a secret; each seed has its own.
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed;
        let mut letter = || {
            // Knuth's constants; any sequence without repetitions would do.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            b'a' + u8::try_from((state >> 33) % 26).unwrap_or_default()
        };
        Self((0..LENGTH).map(|_| letter() ^ MASK).collect())
    }

    /// Returns the secret itself, in one buffer that never moved.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        text.extend(self.0.iter().map(|byte| char::from(byte ^ MASK)));
        text
    }

    /// Returns the secret as base64 has it after `before`.
    pub(crate) fn in_base64_after(&self, before: &str) -> Self {
        let mut pair = before.as_bytes().to_vec();
        pair.reserve_exact(self.0.len());
        pair.extend(self.0.iter().map(|byte| byte ^ MASK));
        let mut masked = STANDARD.encode(&pair).into_bytes();
        masked.iter_mut().for_each(|byte| *byte ^= MASK);
        pair.fill(0);
        std::hint::black_box(&pair);
        Self(masked)
    }

    /// Returns how often the secret's end stands in memory; an allocator overwrites the start of what was freed.
    pub(crate) fn count(&self) -> usize {
        let end = &self.0[self.0.len() / 2..];
        let memory = File::open("/proc/self/mem").unwrap();
        let mut buffer = vec![0; CHUNK + end.len()];
        let zeros = buffer.clone();
        let own = buffer.as_ptr().addr()..buffer.as_ptr().addr() + buffer.len();
        let mut count = 0;
        for (start, stop) in regions() {
            for at in (start..stop).step_by(CHUNK) {
                let wanted = (stop - at).min(buffer.len());
                let offset = u64::try_from(at).unwrap();
                let read = memory.read_at(&mut buffer[..wanted], offset).unwrap_or(0);
                // Most of it was never used, and comparing whole chunks is fast even without optimisation.
                if buffer[..read] != zeros[..read] {
                    // What was read is a copy, which a later part of the same reading may meet.
                    count += places(&buffer[..read], end)
                        .filter(|place| !own.contains(&(at + place)))
                        .count();
                }
                buffer.fill(0);
                std::hint::black_box(&buffer);
            }
        }
        count
    }
}

/// Where the masked bytes stand, as far as a place starts within one chunk.
fn places<'a>(read: &'a [u8], masked: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = masked[0] ^ MASK;
    let mut from = 0;
    let candidates = std::iter::from_fn(move || {
        // `position` would look at each byte without optimisation; this search is compiled into the standard library.
        let at = from + find(&read[from..], first)?;
        from = at + 1;
        Some(at)
    });
    candidates.filter(move |at| {
        *at < CHUNK
            && read
                .get(*at..at + masked.len())
                .is_some_and(|place| is_same(place, masked))
    })
}

fn find(bytes: &[u8], byte: u8) -> Option<usize> {
    use std::io::BufRead as _;

    let mut rest = bytes;
    let skipped = rest.skip_until(byte).ok()?;
    (skipped > 0 && bytes[skipped - 1] == byte).then(|| skipped - 1)
}

fn is_same(place: &[u8], masked: &[u8]) -> bool {
    place
        .iter()
        .zip(masked)
        .all(|(byte, masked)| byte ^ MASK == *masked)
}

/// The writable parts of memory.
fn regions() -> Vec<(usize, usize)> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let region = |line: &str| {
        let (range, rest) = line.split_once(' ')?;
        let (start, stop) = range.split_once('-')?;
        let address = |text| usize::from_str_radix(text, 16).ok();
        rest.starts_with("rw")
            .then_some((address(start)?, address(stop)?))
    };
    maps.lines().filter_map(region).collect()
}

const LENGTH: usize = 96;

const MASK: u8 = 0x55;

const CHUNK: usize = 8 * 1024;
