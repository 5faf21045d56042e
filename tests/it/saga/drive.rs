//! Shoppers with errands, driven into a mall in virtual time.

use super::shopper::{Shopper, in_a_mall, policy};
use plaza::domain::order::OrderStatus;
use plaza::sim::door::mall::MallDoor;
use plaza::sim::door::shelf::{Item, Shelf};
use plaza::sim::driver::{Crowd, Driver};
use plaza::sim::ledger::Ledger;
use plaza::sim::shopping::errand::{Act, After, Deed, Errand, Funds, Manner, Wanted};
use std::rc::Rc;
use std::time::Duration;

fn errand(number: u64) -> Errand {
    let pays = Act { what: Deed::Pay, after: After::Acceptance, ms: 40_000, again: number.is_multiple_of(5) };
    Errand {
        number,
        at_ms: number * 500,
        customer: None,
        lines: vec![Wanted { store: 0, product: 0, quantity: 1 }, Wanted { store: 1, product: 0, quantity: 2 }],
        funds: if number % 10 == 3 { Funds::Short(1) } else { Funds::Enough },
        on_shortage: plaza::domain::order::OnShortage::RejectAll,
        basket: number.is_multiple_of(2),
        expects: true,
        think_ms: 700,
        manner: [None, Some(Manner::Again), Some(Manner::Doubled), Some(Manner::Altered), Some(Manner::BrokenOff(3))]
            [usize::try_from(number % 5).unwrap()],
        then: vec![pays],
    }
}

/// A mall of two stores with one product each, and the door to it.
async fn door(shopper: Shopper) -> (Rc<MallDoor>, Rc<plaza::sim::world::World>) {
    let shelf = Rc::new(Shelf::default());
    for delay in [2_000, 15_000] {
        let store = shopper.store(delay).await;
        let number = shelf.open(store);
        shelf.put(number, Item { id: shopper.product(store, 250, 1_000).await, price: 250 });
    }
    let world = Rc::new(shopper.world);
    (Rc::new(MallDoor::new(world.clone(), shelf)), world)
}

#[test]
fn shoppers_walk_through_crashes_and_nothing_they_were_told_is_lost() {
    in_a_mall(policy(), |shopper| async move {
        let (door, world) = door(shopper).await;
        let ledger = Rc::new(Ledger::default());
        let driver = Driver::new(door, ledger.clone(), "test");
        let walks = driver.send((0..100).map(errand), Crowd::ALL);
        let deaths = async {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_millis(11_111)).await;
                world.crash(Duration::from_secs(2)).await.unwrap();
            }
        };
        futures_util::future::join(walks, deaths).await;
        assert_eq!(ledger.orders(), 100);
        world.settle().await;
        let mut counts = world.mall().reads().order_counts().await.unwrap();
        counts.retain(|(_, orders)| *orders > 0);
        assert_eq!(counts, [(OrderStatus::Delivered, 90), (OrderStatus::Rejected, 10)]);
        drop(driver);
        Shopper { world: Rc::into_inner(world).unwrap() }
    });
}
