//! What a store answers, and what is on its shelf afterwards.

use super::*;
use crate::domain::event::{DomainEvent, StoreEvent};
use crate::domain::ids::{OrderId, ProductId, StoreId};
use crate::domain::inventory::{STOCK_MAX, Shortage, Stock, StockLine, StoreRejection};
use crate::domain::money::{AMOUNT_MINOR_MAX, Money};
use crate::domain::participant::Fulfilment;
use crate::domain::text::TextError;
use crate::domain::time::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

const STORE: StoreId = StoreId(Uuid::from_u128(1));
const PEN: ProductId = ProductId(Uuid::from_u128(0xaaaa_0000_0000_0000_0000_0000_0000_0002));
const INK: ProductId = ProductId(Uuid::from_u128(3));
const NEW: ProductId = ProductId(Uuid::from_u128(0xbbbb_0000_0000_0000_0000_0000_0000_0004));
const FIRST: OrderId = OrderId(Uuid::from_u128(10));
const SECOND: OrderId = OrderId(Uuid::from_u128(11));

fn eur(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().unwrap())
}

#[allow(clippy::unnecessary_wraps, reason = "every field of an edit may be left out")]
fn text(of: &str) -> Option<String> {
    Some(of.into())
}

fn product(sku: &str, stock: i64) -> ProductEdit {
    ProductEdit {
        sku: text(sku),
        name: text("Pen"),
        price: Some(eur(150)),
        stock: Some(stock),
        ..ProductEdit::default()
    }
}

fn line(product_id: ProductId, quantity: u32) -> StockLine {
    StockLine { product_id, quantity }
}

fn reserve(order_id: OrderId, lines: &[StockLine]) -> StoreCommand {
    StoreCommand::Reserve { order_id, lines: lines.to_vec() }
}

fn edit_product(edit: ProductEdit) -> StoreCommand {
    StoreCommand::EditProduct(PEN, edit)
}

/// A stationer's with five pens and one bottle of ink, opened at 7; every command did something.
fn after(commands: &[StoreCommand]) -> StoreState {
    let edit = StoreEdit { name: text("Stationer"), location: text("Berlin"), ..StoreEdit::default() };
    let opening = [
        StoreCommand::Create(StoreEdit { confirmation_delay_ms: Some(9), ..edit }),
        StoreCommand::AddProduct(PEN, product("PEN", 5)),
        StoreCommand::AddProduct(INK, product("INK", 1)),
    ];
    let mut state = StoreState::blank(STORE);
    for command in opening.iter().chain(commands) {
        let events = state.decide(command).unwrap();
        assert!(!events.is_empty(), "something happens: {command:?}");
        for event in &events {
            state.evolve(event, Timestamp(7));
        }
        assert!(state.products.values().all(|product| product.stock.is_sound()), "I1 {command:?} {state:?}");
    }
    state
}

/// The names of the events, or why there are none.
fn decided(state: &StoreState, command: &StoreCommand) -> Result<Vec<&'static str>, StoreError> {
    state.decide(command).map(|events| events.iter().map(StoreEvent::name).collect())
}

#[test]
fn a_store_is_edited_where_it_becomes_another() {
    let edit = StoreEdit::default();
    let blank = |field, error| Err(StoreError::Text { field, error });
    let cases = [
        (edit.clone(), Ok(vec![])),
        (StoreEdit { name: text(" Stationer "), location: text("Berlin"), ..edit.clone() }, Ok(vec![])),
        (
            StoreEdit { confirmation_delay_ms: Some(9), fulfilment: Some(Fulfilment::Internal), ..edit.clone() },
            Ok(vec![]),
        ),
        (StoreEdit { name: text("Paper"), ..edit.clone() }, Ok(vec!["store.edited"])),
        (StoreEdit { location: text("Bonn"), ..edit.clone() }, Ok(vec!["store.edited"])),
        (StoreEdit { confirmation_delay_ms: Some(8), ..edit.clone() }, Ok(vec!["store.edited"])),
        (StoreEdit { fulfilment: Some(Fulfilment::External), ..edit.clone() }, Ok(vec!["store.edited"])),
        (
            StoreEdit { confirmation_delay_ms: Some(CONFIRMATION_DELAY_MS_MAX), ..edit.clone() },
            Ok(vec!["store.edited"]),
        ),
        (
            StoreEdit { confirmation_delay_ms: Some(CONFIRMATION_DELAY_MS_MAX + 1), ..edit.clone() },
            Err(StoreError::ConfirmationDelay),
        ),
        (StoreEdit { name: text(""), ..edit.clone() }, blank("name", TextError::Blank)),
        (StoreEdit { location: text(" "), ..edit }, blank("location", TextError::Blank)),
    ];
    for (edit, expected) in cases {
        assert_eq!(decided(&after(&[]), &StoreCommand::Edit(edit.clone())), expected, "{edit:?}");
    }
}

#[test]
fn an_edited_store_is_what_was_written() {
    let (name, location) = (text("Paper"), text("Bonn"));
    let edit = StoreEdit { name, location, confirmation_delay_ms: Some(8), fulfilment: Some(Fulfilment::External) };
    let state = after(&[StoreCommand::Edit(edit)]);
    assert_eq!((&*state.name, &*state.location), ("Paper", "Bonn"));
    assert_eq!((state.confirmation_delay_ms, state.fulfilment), (8, Fulfilment::External));
    let created = after(&[]);
    assert_eq!((&*created.name, &*created.location), ("Stationer", "Berlin"));
    assert_eq!((created.confirmation_delay_ms, created.fulfilment), (9, Fulfilment::Internal));
    assert_eq!((created.created_at, created.version, created.participating), (Timestamp(7), 3, false));
}

#[test]
fn a_new_product_is_checked_field_by_field() {
    let pen = product("NEW", 1);
    let cases = [
        (pen.clone(), None),
        (ProductEdit { price: None, ..pen.clone() }, Some(StoreError::Price)),
        (ProductEdit { price: Some(eur(-1)), ..pen.clone() }, Some(StoreError::Price)),
        (ProductEdit { price: Some(eur(0)), ..pen.clone() }, None),
        (ProductEdit { price: Some(eur(AMOUNT_MINOR_MAX)), ..pen.clone() }, None),
        (ProductEdit { price: Some(eur(AMOUNT_MINOR_MAX + 1)), ..pen.clone() }, Some(StoreError::Price)),
        (ProductEdit { stock: Some(-1), ..pen.clone() }, Some(StoreError::Stock)),
        (ProductEdit { stock: Some(STOCK_MAX), ..pen.clone() }, None),
        (ProductEdit { stock: Some(STOCK_MAX + 1), ..pen.clone() }, Some(StoreError::Stock)),
        (ProductEdit { sku: text("PEN"), ..pen.clone() }, Some(StoreError::SkuTaken("PEN".into()))),
        (ProductEdit { name: None, ..pen.clone() }, Some(StoreError::Text { field: "name", error: TextError::Blank })),
        (
            ProductEdit { description: text(&"d".repeat(DESCRIPTION_MAX + 1)), ..pen },
            Some(StoreError::Text { field: "description", error: TextError::TooLong { max: DESCRIPTION_MAX } }),
        ),
    ];
    for (edit, refused) in cases {
        let events = decided(&after(&[]), &StoreCommand::AddProduct(NEW, edit.clone()));
        assert_eq!(events, refused.map_or(Ok(vec!["store.product_added"]), Err), "{edit:?}");
    }
}

#[test]
fn what_is_not_said_of_a_new_product_is_its_own_sku_and_an_empty_shelf() {
    let edit = ProductEdit { name: text("Nib"), price: Some(eur(5)), ..ProductEdit::default() };
    let state = after(&[StoreCommand::AddProduct(NEW, edit)]);
    let nib = state.product(NEW).unwrap();
    assert_eq!((&*nib.sku, &*nib.name, &*nib.description), ("P-000000000004", "Nib", ""));
    assert_eq!((nib.price, nib.stock, nib.version, nib.created_at), (eur(5), Stock::default(), 1, Timestamp(7)));
}

#[test]
fn a_product_is_edited_where_it_becomes_another() {
    let edit = ProductEdit::default();
    let cases = [
        (edit.clone(), Ok(vec![])),
        (product("PEN", 5), Ok(vec![])),
        (ProductEdit { sku: text("BIRO"), ..edit.clone() }, Ok(vec!["store.product_edited"])),
        (ProductEdit { name: text("Biro"), ..edit.clone() }, Ok(vec!["store.product_edited"])),
        (ProductEdit { description: text("blue"), ..edit.clone() }, Ok(vec!["store.product_edited"])),
        (ProductEdit { price: Some(eur(1)), ..edit.clone() }, Ok(vec!["store.product_edited"])),
        (ProductEdit { stock: Some(6), ..edit.clone() }, Ok(vec!["store.stock_set"])),
        (
            ProductEdit { price: Some(eur(1)), stock: Some(0), ..edit.clone() },
            Ok(vec!["store.product_edited", "store.stock_set"]),
        ),
        (ProductEdit { price: Some(eur(-1)), ..edit.clone() }, Err(StoreError::Price)),
        (ProductEdit { stock: Some(-1), ..edit.clone() }, Err(StoreError::Stock)),
        (ProductEdit { sku: text("INK"), ..edit.clone() }, Err(StoreError::SkuTaken("INK".into()))),
        (ProductEdit { name: text(""), ..edit }, Err(StoreError::Text { field: "name", error: TextError::Blank })),
    ];
    for (edit, expected) in cases {
        assert_eq!(decided(&after(&[]), &edit_product(edit.clone())), expected, "{edit:?}");
    }
    let unknown = StoreCommand::EditProduct(NEW, ProductEdit::default());
    assert_eq!(decided(&after(&[]), &unknown), Err(StoreError::NoSuchProduct(NEW)));
}

#[test]
fn an_edited_product_is_what_was_written_and_keeps_what_is_promised() {
    let edit = ProductEdit {
        sku: text("BIRO"),
        name: text("Biro"),
        description: text("blue"),
        price: Some(eur(1)),
        stock: Some(8),
    };
    let pen = after(&[reserve(FIRST, &[line(PEN, 2)]), edit_product(edit)]).products[&PEN].clone();
    assert_eq!((&*pen.sku, &*pen.name, &*pen.description, pen.price), ("BIRO", "Biro", "blue", eur(1)));
    assert_eq!(pen.stock, Stock { on_hand: 10, reserved: 2 });
    assert_eq!(pen.version, 4, "added, reserved, edited, and its stock was set");
}

#[test]
fn the_sku_of_an_archived_product_is_free() {
    let state = after(&[StoreCommand::ArchiveProducts(vec![INK])]);
    assert_eq!(decided(&state, &edit_product(product("INK", 5))), Ok(vec!["store.product_edited"]));
}

#[test]
fn joining_leaving_closing_and_archiving_happen_once() {
    let (join, leave) = (StoreCommand::Participate(true), StoreCommand::Participate(false));
    let (close, archive) = (StoreCommand::Close, StoreCommand::Archive);
    let ink = StoreCommand::ArchiveProducts(vec![INK, NEW]);
    let cases = [
        (vec![], join.clone(), vec!["store.joined"]),
        (vec![join.clone()], join.clone(), vec![]),
        (vec![], leave.clone(), vec![]),
        (vec![join.clone()], leave.clone(), vec!["store.left"]),
        (vec![join.clone(), leave.clone()], leave, vec![]),
        (vec![], ink.clone(), vec!["store.product_archived"]),
        (vec![ink.clone()], ink.clone(), vec![]),
        (vec![], StoreCommand::ArchiveProducts(vec![PEN, INK]), vec!["store.product_archived"; 2]),
        (vec![], close.clone(), vec!["store.closing_started"]),
        (vec![close.clone()], close.clone(), vec![]),
        (vec![close.clone()], archive.clone(), vec!["store.archived"]),
        (vec![close, archive.clone()], archive, vec![]),
    ];
    for (before, command, expected) in cases {
        assert_eq!(decided(&after(&before), &command), Ok(expected), "{command:?} after {before:?}");
    }
    assert!(after(&[join]).participating);
}

#[test]
fn a_store_that_closes_keeps_what_it_promised_and_nothing_else() {
    let promised = [StoreCommand::Participate(true), reserve(FIRST, &[line(PEN, 2)]), StoreCommand::Close];
    let closing = after(&promised);
    assert_eq!((closing.closing, closing.archived, closing.participating), (true, false, false));
    assert!(closing.product(PEN).is_some(), "what waits for it is told first");
    let closed = after(&[&promised[..], &[StoreCommand::Archive]].concat());
    assert_eq!((closed.closing, closed.archived, closed.participating), (false, true, false));
    let pens = &closed.products[&PEN];
    assert_eq!((pens.archived, pens.version, closed.products[&INK].version), (true, 3, 2));
    assert_eq!(decided(&closed, &StoreCommand::Close), Err(StoreError::Archived));
    for state in [closing, closed] {
        for command in [
            StoreCommand::Edit(StoreEdit::default()),
            StoreCommand::Participate(true),
            StoreCommand::AddProduct(NEW, product("NEW", 1)),
            edit_product(product("PEN", 1)),
            StoreCommand::ArchiveProducts(vec![PEN]),
        ] {
            assert_eq!(decided(&state, &command), Err(StoreError::Archived), "{command:?}");
        }
        let gone = Err(StoreError::CannotServe(StoreRejection::StoreClosed));
        assert_eq!(decided(&state, &reserve(SECOND, &[line(PEN, 1)])), gone);
        assert_eq!(decided(&state, &reserve(FIRST, &[line(PEN, 2)])), Ok(vec![]), "it is promised");
        assert_eq!(decided(&state, &StoreCommand::Release(FIRST)), Ok(vec!["store.stock_released"]));
        assert_eq!(decided(&state, &StoreCommand::Ship(FIRST)), Ok(vec!["store.stock_shipped"]));
    }
}

#[test]
fn everything_an_order_wants_is_put_aside_or_nothing() {
    let short = |product_id, requested, available| Shortage { product_id, requested, available };
    let out = |short| Err(StoreError::CannotServe(StoreRejection::OutOfStock(short)));
    let gone = Err(StoreError::CannotServe(StoreRejection::ProductUnavailable(INK)));
    let reserved = Ok(vec!["store.stock_reserved"]);
    let taken = reserve(SECOND, &[line(PEN, 4)]);
    let cases = [
        (vec![], vec![line(PEN, 5), line(INK, 1)], reserved.clone()),
        (vec![], vec![line(PEN, 3), line(PEN, 2)], reserved.clone()),
        (vec![], vec![line(PEN, 3), line(PEN, 3)], out(vec![short(PEN, 6, 5)])),
        (vec![], vec![line(PEN, 6), line(INK, 2)], out(vec![short(PEN, 6, 5), short(INK, 2, 1)])),
        (vec![taken.clone()], vec![line(PEN, 1)], reserved.clone()),
        (vec![taken.clone()], vec![line(PEN, 2)], out(vec![short(PEN, 2, 1)])),
        (vec![taken.clone(), StoreCommand::Release(SECOND)], vec![line(PEN, 5)], reserved),
        (vec![taken, StoreCommand::Ship(SECOND)], vec![line(PEN, 5)], out(vec![short(PEN, 5, 1)])),
        (vec![StoreCommand::ArchiveProducts(vec![INK])], vec![line(PEN, 9), line(INK, 1)], gone),
        (vec![reserve(FIRST, &[line(PEN, 1)])], vec![line(PEN, 1)], Ok(vec![])),
    ];
    for (before, lines, expected) in cases {
        assert_eq!(decided(&after(&before), &reserve(FIRST, &lines)), expected, "{lines:?} after {before:?}");
    }
}

#[test]
fn what_was_put_aside_goes_back_or_leaves_once() {
    let aside = reserve(FIRST, &[line(PEN, 1), line(INK, 1), line(PEN, 2)]);
    let (back, away) = (StoreCommand::Release(FIRST), StoreCommand::Ship(FIRST));
    let cases = [
        (vec![aside.clone()], (5, 3), (1, 1)),
        (vec![aside.clone(), back.clone()], (5, 0), (1, 0)),
        (vec![aside.clone(), away.clone()], (2, 0), (0, 0)),
    ];
    for (commands, pens, inks) in cases {
        let state = after(&commands);
        let stock = |id| (state.products[&id].stock.on_hand, state.products[&id].stock.reserved);
        assert_eq!((stock(PEN), stock(INK)), (pens, inks), "{commands:?}");
        let again = if commands.len() == 1 { &aside } else { &commands[1] };
        assert_eq!(decided(&state, again), Ok(vec![]), "{again:?} again");
        assert_eq!(decided(&state, &StoreCommand::Ship(SECOND)), Ok(vec![]), "nothing of another order's");
    }
    assert_eq!(after(&[aside]).reservations[&FIRST], [line(PEN, 3), line(INK, 1)], "one line a product");
}

#[test]
fn the_products_an_event_touches_are_those_it_changes() {
    let commands = [
        StoreCommand::Edit(StoreEdit { name: text("Paper"), ..StoreEdit::default() }),
        StoreCommand::Participate(true),
        StoreCommand::Participate(false),
        StoreCommand::AddProduct(NEW, product("NEW", 1)),
        edit_product(ProductEdit { name: text("Biro"), stock: Some(9), ..ProductEdit::default() }),
        reserve(FIRST, &[line(PEN, 1), line(INK, 1)]),
        reserve(SECOND, &[line(PEN, 1)]),
        StoreCommand::Release(FIRST),
        StoreCommand::Ship(SECOND),
        StoreCommand::ArchiveProducts(vec![NEW]),
        StoreCommand::Close,
        StoreCommand::Archive,
    ];
    let mut state = after(&[]);
    for command in &commands {
        for event in state.decide(command).unwrap() {
            let before = state.clone();
            state.evolve(&event, Timestamp(8));
            let changed = |id: &&ProductId| state.products.get(*id) != before.products.get(*id);
            let changed: BTreeSet<_> = state.products.keys().filter(changed).copied().collect();
            let mut touched = BTreeSet::from_iter(before.touched_by(&event));
            // Products that were archived before are named, and stay as they are.
            touched.retain(|id| !before.products.get(id).is_some_and(|product| product.archived));
            assert_eq!(touched, changed, "{event:?}");
            assert_eq!(state.version, before.version + 1, "{event:?}");
        }
    }
}

#[test]
fn a_store_whose_service_fails_refuses_what_it_has_not_promised() {
    let fails = Err(StoreError::CannotServe(StoreRejection::ServiceFailed));
    let promised = [reserve(FIRST, &[line(PEN, 2)])];
    assert_eq!(decided(&after(&[]), &StoreCommand::Refuse(FIRST)), fails);
    assert_eq!(decided(&after(&promised), &StoreCommand::Refuse(SECOND)), fails);
    assert_eq!(decided(&after(&promised), &StoreCommand::Refuse(FIRST)), Ok(vec![]), "what it promised it says again");
}
