//! Some lives of a mall by a script that a seed writes: shoppers who order, pay, cancel and wait at the same time, a
//! journal that refuses, and deaths in the middle of it.

use super::shopper::{SECOND, Shopper, policy};
use futures_util::future::join_all;
use plaza::domain::ids::{CustomerId, PaymentId, ProductId};
use plaza::domain::order::{OnShortage, OrderCommand};
use plaza::sim::chance::Chance;
use plaza::sim::world::journal::Fault;
use plaza::sim::world::trace::Keep;
use plaza::sim::world::{Options, World};
use std::time::Duration;
use tokio::time::sleep;

/// How many lives a script has.
const LIVES: u64 = 4;

/// What is left of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// Where the journal ends.
    pub position: u64,
    pub head: [u8; 32],
    /// What happened.
    pub trace: [u8; 32],
    pub lines: Vec<String>,
}

/// A customer of the script.
struct Customer {
    id: CustomerId,
    payment: PaymentId,
    chance: Chance,
}

/// Runs the script of `seed`, with so many shoppers, in a world of its own on this thread.
pub fn live(seed: u64, shoppers: u64, keep: Keep) -> Remains {
    live_under(Options { keep, ..Options::new(seed, policy()) }, shoppers, || {})
}

/// The same in a world of these `options`; `look` looks on after every life.
pub fn live_under(options: Options, shoppers: u64, look: impl Fn()) -> Remains {
    plaza::sim::world::run(async {
        let seed = options.seed;
        let world = World::open(options).await.unwrap();
        let mut shopper = Shopper { world };
        let mut products = Vec::new();
        for (delay_ms, stock) in [(0, 3), (2_000, 40), (15_000, 40)] {
            let store = shopper.store(delay_ms).await;
            products.push(shopper.product(store, 100 + stock, stock).await);
        }
        let mut customers = Vec::new();
        for number in 0..shoppers {
            let id = shopper.customer().await;
            let payment = shopper.authorize(id, 2_000).await;
            customers.push(Customer { id, payment, chance: Chance::of(seed, "customer", number) });
        }
        let mut fate = Chance::of(seed, "fate", 0);
        for _ in 1..LIVES {
            shopper = one_life(shopper, &mut customers, &products, &mut fate).await;
            look();
        }
        // Everything ends: whoever has not paid by now does not.
        shopper.wait(2_000 * SECOND).await;
        let tail = shopper.world.journal().tail();
        let trace = shopper.world.trace();
        Remains { position: tail.position, head: tail.hash, trace: trace.hash(), lines: trace.lines() }
    })
}

/// Shoppers walk about until the mall dies.
async fn one_life(shopper: Shopper, customers: &mut [Customer], products: &[ProductId], fate: &mut Chance) -> Shopper {
    let journal = shopper.world.journal().clone();
    let dies = async {
        sleep(Duration::from_millis(fate.below(30_000))).await;
        journal.strike(Fault::RefuseOne);
        sleep(Duration::from_millis(fate.below(10_000))).await;
        match fate.below(3) {
            0 => journal.strike(Fault::EndBefore),
            1 => journal.strike(Fault::EndAfter),
            _ => journal.end(),
        }
        // Where nothing more is written, nobody notices that it died.
        sleep(60 * SECOND).await;
        journal.end();
    };
    let walks = join_all(customers.iter_mut().map(|customer| customer.walk(&shopper, products)));
    let both = async { futures_util::future::join(dies, walks).await };
    shopper.world.call(both).await;
    shopper.crash(Duration::from_millis(fate.below(20_000))).await
}

impl Customer {
    /// Orders this and that until the mall dies. What is refused is not tried again.
    async fn walk(&mut self, shopper: &Shopper, products: &[ProductId]) {
        for _ in 0..4 {
            sleep(Duration::from_millis(self.chance.below(9_000))).await;
            let product = products[usize::try_from(self.chance.below(products.len() as u64)).unwrap()];
            let quantity = 1 + u32::try_from(self.chance.below(3)).unwrap();
            let policy = if self.chance.below(2) == 0 { OnShortage::RejectAll } else { OnShortage::AcceptAvailable };
            let ordered = shopper.try_order(self.id, self.payment, &[(product, quantity)], policy).await;
            let Ok(order) = ordered else { continue };
            sleep(Duration::from_millis(self.chance.below(20_000))).await;
            let command = if self.chance.below(4) == 0 { cancel() } else { OrderCommand::Pay };
            // Too early, too late, or the mall is dead: what becomes of it is in the journal.
            let _ = shopper.command(order, command).await;
        }
    }
}

fn cancel() -> OrderCommand {
    OrderCommand::Cancel { by: plaza::domain::order::CancelledBy::Customer, reason: None }
}
