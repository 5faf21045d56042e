//! The laws of the mall as property tests: whatever people do, whenever the process dies, the invariants hold.
//!
//! A model runs the pure aggregates the way the actors do: sagas ask participants for the work their state calls for,
//! requests may be sent twice or given up, answers may be delayed, come twice, or be lost in a crash. Whatever is decided
//! waits for its commit, and may be refused: then the memory it was decided on is read again from what was committed. One
//! store, and the bank of some orders, are served from outside: they answer what they like, when they like, or never.
//! Invariants are checked after every step.

mod course;
mod invariants;
mod writing;

use super::event::{DomainEvent, OrderEvent, PaymentEvent, StoreEvent};
use super::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use super::inventory::{Stock, StockLine, StoreRejection};
use super::line::OrderLine;
use super::money::Money;
use super::order::Obligation;
use super::order::OrderState;
use super::order::{
    Answer, CancelledBy, DeliveryStatus, OnShortage, OrderCommand, OrderPolicy, OrderStatus, Reason, Stocked,
    Submission, Work,
};
use super::participant::Fulfilment;
use super::payment;
use super::payment::{PaymentCommand, PaymentError, PaymentState};
use super::store::StoreState;
use super::store::{ProductEdit, StoreCommand, StoreEdit, StoreError};
use super::time::Timestamp;
use super::upcast::decode;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::RefCell;
use std::collections::BTreeMap;
use uuid::Uuid;

const STORES: usize = 3;
/// The store that is served from outside.
const OUTSIDE: usize = 2;
const PRODUCTS_A_STORE: usize = 2;
const PAYMENTS: usize = 3;
const INITIAL_STOCK: i64 = 6;
const PRICE: i64 = 100;

#[derive(Clone, Debug)]
enum Step {
    Submit {
        payment: usize,
        lines: Vec<(usize, u32)>,
        drop_short: bool,
        foreign: bool,
        outside_bank: bool,
    },
    /// Somebody outside answers for a store, or with `STORES` for the bank.
    AnswerOutside {
        order: usize,
        store: usize,
        answer: Answer,
    },
    PassTime {
        ms: u64,
    },
    /// An order takes its course for a while: everybody does what is expected.
    GoOn {
        order: usize,
    },
    Ask {
        order: usize,
        work: usize,
        twice: bool,
    },
    /// A participant takes up what it was asked.
    Serve {
        which: usize,
    },
    /// A saga no longer waits for an answer, and will ask again.
    GiveUp {
        which: usize,
    },
    /// The oldest of what waits is written.
    Commit {
        appends: usize,
    },
    /// One of what waits cannot be written.
    Refuse {
        which: usize,
    },
    Answer {
        which: usize,
        twice: bool,
    },
    Pay {
        order: usize,
    },
    Cancel {
        order: usize,
    },
    SetStock {
        product: usize,
        available: i64,
    },
    ArchiveProduct {
        product: usize,
    },
    CloseStore {
        store: usize,
    },
    /// The mall looks for a closing that was begun.
    EndClosing {
        store: usize,
    },
    VoidPayment {
        payment: usize,
    },
    Crash,
}

fn outside_answer() -> impl Strategy<Value = Answer> {
    let reason = prop::sample::select(Reason::ALL);
    let lines = prop::collection::vec((0..STORES * PRODUCTS_A_STORE, 0_u32..3), 0..2);
    let reject = (reason, lines).prop_map(|(reason, lines)| {
        let stocked = |(product, available)| Stocked { product_id: product_id(product), available };
        Answer::Reject { reason, lines: lines.into_iter().map(stocked).collect() }
    });
    prop_oneof![3 => Just(Answer::Confirm), 1 => reject]
}

fn step() -> impl Strategy<Value = Step> {
    let lines = prop::collection::vec((0..STORES * PRODUCTS_A_STORE, 1_u32..4), 1..4);
    prop_oneof![
        8 => (0..PAYMENTS, lines, any::<bool>(), prop::bool::weighted(0.05), prop::bool::weighted(0.3)).prop_map(
            |(payment, lines, drop_short, foreign, outside_bank)| {
                Step::Submit { payment, lines, drop_short, foreign, outside_bank }
            }
        ),
        8 => (0_usize..8, prop::sample::select(vec![OUTSIDE, STORES, OUTSIDE, STORES, 0]), outside_answer())
            .prop_map(|(order, store, answer)| Step::AnswerOutside { order, store, answer }),
        4 => (0_u64..9_000).prop_map(|ms| Step::PassTime { ms }),
        16 => (0_usize..8).prop_map(|order| Step::GoOn { order }),
        10 => (0_usize..8, 0_usize..4, prop::bool::weighted(0.2))
            .prop_map(|(order, work, twice)| Step::Ask { order, work, twice }),
        10 => (0_usize..8).prop_map(|which| Step::Serve { which }),
        1 => (0_usize..8).prop_map(|which| Step::GiveUp { which }),
        10 => (1_usize..8).prop_map(|appends| Step::Commit { appends }),
        4 => (0_usize..8).prop_map(|which| Step::Refuse { which }),
        10 => (0_usize..8, prop::bool::weighted(0.2)).prop_map(|(which, twice)| Step::Answer { which, twice }),
        3 => (0_usize..8).prop_map(|order| Step::Pay { order }),
        2 => (0_usize..8).prop_map(|order| Step::Cancel { order }),
        1 => (0..STORES * PRODUCTS_A_STORE, 0_i64..8).prop_map(|(product, available)| Step::SetStock { product, available }),
        1 => (0..STORES * PRODUCTS_A_STORE).prop_map(|product| Step::ArchiveProduct { product }),
        1 => (0..STORES).prop_map(|store| Step::CloseStore { store }),
        4 => (0..STORES).prop_map(|store| Step::EndClosing { store }),
        1 => (0..PAYMENTS).prop_map(|payment| Step::VoidPayment { payment }),
        1 => Just(Step::Crash),
    ]
}

/// Everything that happened, in commit order.
#[derive(Clone, Debug)]
enum Fact {
    Order(usize, OrderEvent, Timestamp),
    Store(usize, StoreEvent, Timestamp),
    Payment(usize, PaymentEvent, Timestamp),
}

/// Whose memory something is decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    Order(usize),
    Store(usize),
    Payment(usize),
}

/// What was decided and is not written yet; an answer leaves once it is.
#[derive(Debug)]
struct Append {
    by: Actor,
    facts: Vec<Fact>,
    answers: Option<Answered>,
}

/// What a participant makes of a request.
#[derive(Clone, Debug)]
struct Answered {
    request: Request,
    command: OrderCommand,
}

/// What a saga asks of a participant.
#[derive(Clone, Debug)]
struct Request {
    order: usize,
    work: Work,
    /// The order when it asked.
    state: OrderState,
    /// Whether the saga still waits for it.
    heard: bool,
}

struct Model {
    now: Timestamp,
    /// Before this no verdict times out: set by a crash.
    patience: Timestamp,
    policy: OrderPolicy,
    stores: Vec<StoreState>,
    payments: Vec<PaymentState>,
    orders: Vec<OrderState>,
    /// Asked, and not looked at by the participant yet; each takes up its own in order.
    requests: Vec<Request>,
    /// Answered by the participant and written, not yet with the saga.
    answers: Vec<Answered>,
    /// In memory already, not written yet.
    waiting: Vec<Append>,
    journal: Vec<Fact>,
}

fn id(kind: u128, index: usize) -> Uuid {
    Uuid::from_u128(kind << 64 | index as u128)
}

fn customer(index: usize) -> CustomerId {
    CustomerId(id(3, index))
}

fn eur(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().unwrap())
}

fn product_id(product: usize) -> ProductId {
    ProductId(id(2, product))
}

/// Runs the model through many lives; none of them would say much in which nothing is ever sold.
#[test]
fn the_invariants_hold_whatever_happens() {
    let outcomes: RefCell<BTreeMap<OrderStatus, usize>> = RefCell::default();
    let mut runner = TestRunner::new(ProptestConfig { source_file: Some(file!()), ..config() });
    let held = runner.run(&prop::collection::vec(step(), 1..120), |steps| {
        let mut model = Model::open();
        model.check();
        for step in steps {
            model.step(step);
            model.check();
        }
        model.finish();
        model.check_end();
        for order in &model.orders {
            *outcomes.borrow_mut().entry(order.status).or_default() += 1;
        }
        Ok(())
    });
    held.unwrap_or_else(|broken| panic!("{broken}\n{runner}"));
    let outcomes = outcomes.into_inner();
    let ends = OrderStatus::ALL.iter().filter(|status| status.is_terminal());
    assert!(ends.into_iter().all(|end| outcomes.get(end).is_some_and(|orders| *orders > 50)), "{outcomes:?}");
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 512, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_store_never_promises_more_than_it_has(
        stock in 0_i64..20,
        wants in prop::collection::vec(prop::collection::vec(1_u32..5, 1..4), 1..20),
    ) {
        let mut store = StoreState::blank(StoreId(id(1, 0)));
        let at = Timestamp(1);
        let apply = |store: &mut StoreState, command: StoreCommand| {
            let decided = store.decide(&command)?;
            for event in &decided {
                store.evolve(event, at);
            }
            Ok::<_, StoreError>(())
        };
        let edit = StoreEdit { name: Some("S".into()), location: Some("L".into()), ..StoreEdit::default() };
        apply(&mut store, StoreCommand::Create(edit)).unwrap();
        let edit = ProductEdit { name: Some("P".into()), price: Some(eur(1)), stock: Some(stock), ..ProductEdit::default() };
        apply(&mut store, StoreCommand::AddProduct(product_id(0), edit)).unwrap();
        let mut promised = 0;
        for (index, quantities) in wants.iter().enumerate() {
            let lines = quantities.iter().map(|quantity| super::inventory::StockLine { product_id: product_id(0), quantity: *quantity });
            let sum: u32 = quantities.iter().sum();
            let reserve = StoreCommand::Reserve { order_id: OrderId(id(5, index)), lines: lines.collect() };
            match apply(&mut store, reserve) {
                Ok(()) => promised += i64::from(sum),
                Err(StoreError::CannotServe(StoreRejection::OutOfStock(short))) => {
                    prop_assert!(promised + i64::from(sum) > stock);
                    prop_assert_eq!((short[0].requested, short[0].available), (i64::from(sum), stock - promised));
                }
                Err(other) => panic!("{other}"),
            }
            prop_assert!(promised <= stock);
        }
    }
}
