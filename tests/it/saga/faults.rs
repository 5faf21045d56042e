//! What goes wrong at the journal of a world, and what callers and the next life make of it.

use super::shopper::{SECOND, Shopper, in_a_mall, in_a_world, policy};
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use plaza::domain::ids::{CustomerId, PaymentId, ProductId};
use plaza::domain::order::{OnShortage, OrderCommand, OrderStatus};
use plaza::ports::journal::Journal;
use plaza::ports::reads::events::EventFilter;
use plaza::sim::world::journal::Fault;
use plaza::sim::world::trace::Keep;
use plaza::sim::world::{Options, World};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A customer with money, and a product of a store that confirms at once.
async fn market(shopper: &Shopper) -> (CustomerId, PaymentId, ProductId) {
    let store = shopper.store(0).await;
    let product = shopper.product(store, 100, 1_000).await;
    let customer = shopper.customer().await;
    (customer, shopper.authorize(customer, 100_000).await, product)
}

async fn orders(shopper: &Shopper) -> usize {
    let filter = EventFilter::default();
    let page = shopper.world.mall().reads().events(filter, 1_000).await.unwrap();
    page.events.iter().filter(|event| event.name == "order.submitted").count()
}

#[test]
fn appends_that_wait_are_written_in_one_commit_and_answered_after() {
    in_a_world(Options { keep: Keep::Lines, ..Options::new(7, policy()) }, |shopper| async move {
        let (customer, payment, product) = market(&shopper).await;
        let lines = shopper.world.trace().lines().len();
        let head = shopper.world.journal().head();
        let one = [(product, 1)];
        let many = join_all((0..600).map(|_| shopper.order(customer, payment, &one)));
        let waits = async {
            while shopper.world.journal().depth() < 600 {
                tokio::task::yield_now().await;
            }
            assert_eq!(shopper.world.journal().head(), head, "nothing is written before the commit");
        };
        futures_util::future::join(many, waits).await;
        let commits: Vec<_> = shopper.world.trace().lines()[lines..]
            .iter()
            .filter_map(|line| line.split_once(" commits ")?.1.split(' ').next()?.parse::<usize>().ok())
            .collect();
        // A group is 512 at the most; the 88 left over are with what the first led to.
        assert_eq!(commits[0], 512, "{commits:?}");
        assert!(commits[1] >= 88, "{commits:?}");
        shopper
    });
}

#[test]
fn a_journal_that_stands_still_answers_nobody_and_goes_on() {
    in_a_mall(policy(), |shopper| async move {
        let (customer, payment, product) = market(&shopper).await;
        let journal = shopper.world.journal().clone();
        journal.stall();
        let stalled_at = Instant::now();
        let lines = [(product, 1)];
        let order = shopper.order(customer, payment, &lines);
        let healed = async {
            sleep(SECOND).await;
            assert!(journal.is_available(), "a second is no standstill");
            sleep(4 * SECOND).await;
            assert!(!journal.is_available(), "the mall says so");
            journal.go_on();
        };
        let (order, ()) = futures_util::future::join(order, healed).await;
        assert!(stalled_at.elapsed() >= 5 * SECOND);
        assert!(journal.is_available());
        shopper.wait(6 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper
    });
}

#[test]
fn one_append_is_refused_and_those_beside_it_stand() {
    in_a_mall(policy(), |shopper| async move {
        let (customer, payment, product) = market(&shopper).await;
        shopper.world.journal().strike(Fault::RefuseOne);
        let lines = [(product, 1)];
        let tried = (0..20).map(|_| shopper.try_order(customer, payment, &lines, OnShortage::RejectAll));
        let tried = join_all(tried).await;
        assert_eq!(tried.iter().filter(|tried| tried.is_err()).count(), 1);
        assert_eq!(orders(&shopper).await, 19);
        // A store whose append was refused starts over, and the order that asked it asks again.
        shopper.wait(10 * SECOND).await;
        shopper.order(customer, payment, &lines).await;
        shopper.wait(4_900 * Duration::from_millis(1)).await;
        shopper.world.journal().strike(Fault::RefuseOne);
        shopper.wait(20 * SECOND).await;
        for order in tried.into_iter().flatten() {
            assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        }
        shopper
    });
}

#[test]
fn an_answer_that_is_lost_is_no_append_that_is_lost() {
    in_a_mall(policy(), |shopper| async move {
        let (customer, payment, product) = market(&shopper).await;
        shopper.world.journal().strike(Fault::LoseAnswers);
        let lines = [(product, 1)];
        let unheard = shopper.try_order(customer, payment, &lines, OnShortage::RejectAll);
        assert!(tokio::time::timeout(9 * SECOND, unheard).await.is_err(), "nobody hears");
        assert_eq!(orders(&shopper).await, 1);
        let shopper = shopper.crash(Duration::ZERO).await;
        shopper.wait(16 * SECOND).await;
        let page = shopper.world.mall().reads().events(EventFilter::default(), 1_000).await.unwrap();
        assert!(page.events.iter().any(|event| event.name == "order.accepted"), "the next life goes on with it");
        shopper
    });
}

#[test]
fn a_life_that_ends_at_a_commit_has_written_it_or_not_and_nobody_was_told() {
    for (fault, written) in [(Fault::EndBefore, 0), (Fault::EndAfter, 1)] {
        in_a_mall(policy(), |shopper| async move {
            let (customer, payment, product) = market(&shopper).await;
            shopper.world.journal().strike(fault);
            let lines = [(product, 1)];
            let order = shopper.try_order(customer, payment, &lines, OnShortage::RejectAll);
            assert!(shopper.world.call(order).await.is_none(), "the connection breaks");
            shopper.world.ended().await;
            let after = shopper.try_order(customer, payment, &lines, OnShortage::RejectAll).await;
            assert!(after.is_err(), "the dead take nothing");
            let shopper = shopper.crash(SECOND).await;
            assert_eq!(orders(&shopper).await, written);
            let order = shopper.order(customer, payment, &lines).await;
            shopper.wait(6 * SECOND).await;
            shopper.command(order, OrderCommand::Pay).await.unwrap();
            shopper.settle().await;
            assert_eq!(shopper.look(order).await.status, OrderStatus::Delivered);
            shopper
        });
    }
}

/// Lets an index of the events lie: whoever writes next reads the schema again, and finds the file damaged.
const DAMAGE: &str = "PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'stores')
WHERE name = 'sqlite_autoindex_events_1';
PRAGMA writable_schema = RESET;
PRAGMA schema_version = 9999;";

#[test]
fn a_database_that_fails_ends_a_life_and_not_the_process() {
    plaza::sim::world::run(async {
        let world = World::open(Options::new(7, policy())).await.unwrap();
        let shopper = Shopper { world };
        let (customer, payment, product) = market(&shopper).await;
        shopper.world.look(|conn| conn.batch_execute(DAMAGE)).unwrap();
        let lines = [(product, 1)];
        let order = shopper.try_order(customer, payment, &lines, OnShortage::RejectAll);
        assert!(shopper.world.call(order).await.is_none(), "the life is over");
    });
}
