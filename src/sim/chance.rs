//! Random numbers: one seed, and of it a stream for every use.
//!
//! What one shopper or one commit draws moves nothing that any other draws, so leaving one out, or asking for one more,
//! leaves the rest as it was.

use blake3::{Hasher, OutputReader};

/// What the key of every stream is derived with (BLAKE3's key derivation asks for a text used nowhere else).
const CONTEXT: &str = "plaza 2026-11-27 a stream of chance by seed, purpose and number";

/// A stream of chance.
#[derive(Debug)]
pub struct Chance(OutputReader);

impl Chance {
    /// The stream of `seed` for a purpose; `number` tells apart the many of one purpose.
    #[must_use]
    pub fn of(seed: u64, purpose: &str, number: u64) -> Self {
        let mut key = Hasher::new_derive_key(CONTEXT);
        key.update(&seed.to_le_bytes()).update(&number.to_le_bytes()).update(purpose.as_bytes());
        Self(key.finalize_xof())
    }

    /// The next bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    /// A whole number below `bound`, each as likely as any other (to 2^-64); 0 when there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.bits()) * u128::from(bound)) >> 64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_their_own_and_the_same_every_time() {
        let first = |seed, purpose, number| Chance::of(seed, purpose, number).bits();
        assert_eq!(first(1, "ids", 0), first(1, "ids", 0));
        let all = [first(1, "ids", 0), first(2, "ids", 0), first(1, "pauses", 0), first(1, "ids", 1)];
        assert!(all.iter().enumerate().all(|(at, one)| !all[..at].contains(one)), "{all:?}");
    }

    #[test]
    fn numbers_below_a_bound_are_equally_likely() {
        let (mut chance, mut counts) = (Chance::of(7, "dice", 0), [0_u32; 6]);
        for _ in 0..60_000 {
            counts[usize::try_from(chance.below(6)).unwrap()] += 1;
        }
        // Four standard deviations of a share of 10 000.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 366), "{counts:?}");
        assert_eq!((chance.below(1), chance.below(0)), (0, 0));
    }
}
