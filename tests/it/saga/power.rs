//! A disk from which something is missing that was synced: the control of the power cuts of the search. There the power
//! goes in a commit, and nothing that was acknowledged may be missing; here it takes what was acknowledged along.

use super::shopper::{SECOND, Shopper, policy};
use plaza::db::place::Place;
use plaza::db::verify::verify;
use plaza::sim::world::{Options, World};
use std::time::Duration;

#[test]
fn a_disk_that_forgets_what_it_had_synced_loses_an_acknowledged_order() {
    let directory = tempfile::tempdir().unwrap();
    plaza::sim::world::run(async {
        let place = Some(Place::File(directory.path().join("plaza.db")));
        let world = World::open(Options { place, ..Options::new(7, policy()) }).await.unwrap();
        let shopper = Shopper { world };
        let store = shopper.store(0).await;
        let product = shopper.product(store, 100, 10).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let kept = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(SECOND).await;
        let power = shopper.world.power().unwrap();
        power.keep().unwrap();
        let lost = shopper.order(customer, payment, &[(product, 1)]).await;
        assert_eq!(shopper.look(lost).await.id, lost);
        power.cut_at_once().unwrap();
        let shopper = shopper.crash(Duration::ZERO).await;
        let reads = shopper.world.mall();
        assert!(reads.reads().order(kept).await.unwrap().is_some());
        assert!(reads.reads().order(lost).await.unwrap().is_none(), "it was acknowledged, and is gone");
        // What is there is sound all the same: a journal that was cut is a shorter journal.
        assert!(shopper.world.look(|conn| verify(conn, |_, _| {})).unwrap().is_clean());
    });
}
