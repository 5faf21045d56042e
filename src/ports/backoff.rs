//! How long to wait before something technical is tried again: twice as long each time, up to a cap.

use super::time::Entropy;
use std::time::Duration;

/// The pauses between tries. They begin with the first one and double up to the cap.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    first: Duration,
    cap: Duration,
}

impl Backoff {
    /// A first pause too short asks somebody in trouble too often; a cap too long adds to the delay once the trouble is
    /// over.
    #[must_use]
    pub const fn new(first: Duration, cap: Duration) -> Self {
        Self { first, cap }
    }

    /// The pause after so many failures in a row; none before the first. Half of it is left to chance ("equal jitter",
    /// AWS Architecture Blog, "Exponential Backoff and Jitter", 2015): those who failed together do not come back
    /// together.
    #[must_use]
    pub fn pause(self, failures: u32, entropy: &dyn Entropy) -> Duration {
        let half = self.longest(failures) / 2;
        half + Duration::from_nanos_u128((half.as_nanos() * u128::from(entropy.bits())) >> u64::BITS)
    }

    /// The pause with nothing left to chance, for one who tries alone.
    #[must_use]
    pub fn longest(self, failures: u32) -> Duration {
        match failures.checked_sub(1) {
            Some(doublings) => self.first.saturating_mul(2_u32.saturating_pow(doublings)).min(self.cap),
            None => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    /// Chance that always falls alike.
    struct Bits(u64);

    impl Entropy for Bits {
        fn uuid(&self) -> Uuid {
            Uuid::nil()
        }

        fn secret(&self) -> [u8; 32] {
            [0; 32]
        }

        fn bits(&self) -> u64 {
            self.0
        }
    }

    fn backoff() -> impl Strategy<Value = Backoff> {
        let millis = |millis: u64| Duration::from_millis(millis);
        (1_u64..5_000, 0_u64..60_000).prop_map(move |(first, more)| Backoff::new(millis(first), millis(first + more)))
    }

    proptest! {
        #[test]
        fn chance_has_half_of_a_pause_and_no_more(backoff in backoff(), failures in 1_u32.., bits: u64) {
            let (pause, longest) = (backoff.pause(failures, &Bits(bits)), backoff.longest(failures));
            prop_assert!(longest / 2 <= pause && pause <= longest, "{pause:?} of {longest:?}");
            prop_assert!(backoff.first <= longest && longest <= backoff.cap, "{longest:?}");
            prop_assert_eq!(backoff.pause(0, &Bits(bits)), Duration::ZERO);
        }

        #[test]
        fn pauses_double_and_never_shrink_up_to_the_cap(backoff in backoff(), failures in 1_u32..40, one: u64, two: u64) {
            let (longest, next) = (backoff.longest(failures), backoff.longest(failures + 1));
            prop_assert_eq!(next, (longest * 2).min(backoff.cap));
            if next < backoff.cap {
                prop_assert!(backoff.pause(failures, &Bits(one)) <= backoff.pause(failures + 1, &Bits(two)));
            }
        }
    }

    #[test]
    fn chance_moves_a_pause() {
        let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
        let pauses = [0, u64::MAX / 2, u64::MAX].map(|bits| backoff.pause(2, &Bits(bits)).as_millis());
        assert_eq!(pauses, [100, 149, 199]);
    }
}
