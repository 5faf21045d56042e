//! A store and its products: names, prices, participation, and the stock that orders reserve, release and ship.
//!
//! One store is one consistency boundary: checking and reserving everything an order wants from it is one decision, so
//! the last piece is sold once. A reservation belongs to one order; repeating a reserve, release or ship changes
//! nothing.

use super::event::StoreEvent;
use super::ids::{OrderId, ProductId, StoreId};
use super::inventory::{STOCK_MAX, Stock};
use super::money::{AMOUNT_MINOR_MAX, Money};
use super::order::{Shortage, StoreRejection};
use super::text::{self, TextError};
use super::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest name of a store or product, in characters.
pub const NAME_MAX: usize = 120;
/// The longest location, in characters.
pub const LOCATION_MAX: usize = 200;
/// The longest product description, in characters.
pub const DESCRIPTION_MAX: usize = 2_000;
/// The longest SKU, in characters.
pub const SKU_MAX: usize = 64;
/// The longest confirmation delay a store may have: one day. Longer ones would outlive every pay deadline.
pub const CONFIRMATION_DELAY_MS_MAX: u64 = 86_400_000;

/// Who confirms for a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// Plaza itself, from the stock it keeps.
    #[default]
    Internal,
    /// An outside service, asked by an event.
    External,
}

impl Fulfilment {
    /// The value as the API and the database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }

    /// Whether it is Plaza itself.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        *self == Self::Internal
    }

    /// The value of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Internal, Self::External].into_iter().find(|value| value.as_str() == name)
    }
}

/// Pieces of one product of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StockLine {
    /// The product.
    pub product_id: ProductId,
    /// Pieces.
    pub quantity: u32,
}

impl StockLine {
    /// How many of each product: an order may name one in several lines, its store puts them aside together.
    #[must_use]
    pub fn pieces(lines: &[Self]) -> BTreeMap<ProductId, u64> {
        let mut pieces = BTreeMap::new();
        for line in lines {
            *pieces.entry(line.product_id).or_default() += u64::from(line.quantity);
        }
        pieces
    }
}

/// Facts about stores.
pub mod event {
    use super::{Fulfilment, StockLine};
    use crate::domain::ids::{OrderId, ProductId};
    use crate::domain::money::Money;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use std::sync::Arc;

    /// The store was opened.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Created {
        /// What the store is called.
        pub name: Arc<str>,
        /// Where it is.
        pub location: Arc<str>,
        /// How long it takes to confirm, milliseconds from the submit.
        pub confirmation_delay_ms: u64,
        /// Who confirms for it.
        pub fulfilment: Fulfilment,
    }

    /// The store was edited; every field is the new value.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Edited {
        /// What the store is called.
        pub name: Arc<str>,
        /// Where it is.
        pub location: Arc<str>,
        /// How long it takes to confirm, milliseconds from the submit.
        pub confirmation_delay_ms: u64,
        /// Who confirms for it.
        pub fulfilment: Fulfilment,
    }

    /// The store takes part in shopping.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Joined {}

    /// The store no longer takes part in shopping.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Left {}

    /// The store closed for good, with its products.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Archived {}

    /// A product was put on the shelf.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct ProductAdded {
        /// The product.
        pub product_id: ProductId,
        /// The stock keeping unit, unique within the store.
        pub sku: Arc<str>,
        /// What it is called.
        pub name: Arc<str>,
        /// What it is.
        pub description: Arc<str>,
        /// The price of one piece.
        pub price: Money,
        /// Pieces available.
        pub stock: i64,
    }

    /// A product was edited; every field is the new value.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct ProductEdited {
        /// The product.
        pub product_id: ProductId,
        /// The stock keeping unit, unique within the store.
        pub sku: Arc<str>,
        /// What it is called.
        pub name: Arc<str>,
        /// What it is.
        pub description: Arc<str>,
        /// The price of one piece.
        pub price: Money,
    }

    /// A product was taken off the shelf for good.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct ProductArchived {
        /// The product.
        pub product_id: ProductId,
    }

    /// The available amount was set.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct StockSet {
        /// The product.
        pub product_id: ProductId,
        /// Pieces available now; reservations stay.
        pub available: i64,
    }

    /// Stock was put aside for an order.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct StockReserved {
        /// The order.
        pub order_id: OrderId,
        /// What was put aside, one line a product.
        pub lines: Vec<StockLine>,
    }

    /// Reserved stock went back on the shelf.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct StockReleased {
        /// The order.
        pub order_id: OrderId,
        /// What went back.
        pub lines: Vec<StockLine>,
    }

    /// Reserved stock left the store.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct StockShipped {
        /// The order.
        pub order_id: OrderId,
        /// What left.
        pub lines: Vec<StockLine>,
    }
}

/// One product of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductState {
    /// The product.
    pub id: ProductId,
    /// The stock keeping unit, unique among the store's active products.
    pub sku: Arc<str>,
    /// What it is called.
    pub name: Arc<str>,
    /// What it is.
    pub description: Arc<str>,
    /// The price of one piece.
    pub price: Money,
    /// Pieces on hand and reserved.
    pub stock: Stock,
    /// Whether it was taken off the shelf for good.
    pub archived: bool,
    /// Number of changes to this product, stock movements included.
    pub version: u64,
    /// When it was put on the shelf.
    pub created_at: Timestamp,
}

/// A store, its products and its live reservations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreState {
    /// The store.
    pub id: StoreId,
    /// What the store is called.
    pub name: Arc<str>,
    /// Where it is.
    pub location: Arc<str>,
    /// Whether it takes part in shopping.
    pub participating: bool,
    /// How long it takes to confirm, milliseconds from the submit.
    pub confirmation_delay_ms: u64,
    /// Who confirms for it.
    pub fulfilment: Fulfilment,
    /// Whether it closed for good.
    pub archived: bool,
    /// Its products, archived ones included.
    pub products: BTreeMap<ProductId, ProductState>,
    /// Stock put aside and neither released nor shipped yet.
    pub reservations: BTreeMap<OrderId, Vec<StockLine>>,
    /// Number of events in the store's stream.
    pub version: u64,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// What can be edited of a store; `None` keeps the present value.
#[derive(Clone, Debug, Default)]
pub struct StoreEdit {
    /// What the store is called.
    pub name: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// How long it takes to confirm, milliseconds from the submit.
    pub confirmation_delay_ms: Option<u64>,
    /// Who confirms for it.
    pub fulfilment: Option<Fulfilment>,
}

/// What can be edited of a product; `None` keeps the present value.
#[derive(Clone, Debug, Default)]
pub struct ProductEdit {
    /// The stock keeping unit.
    pub sku: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// The price of one piece.
    pub price: Option<Money>,
    /// Pieces available.
    pub stock: Option<i64>,
}

/// What people and orders may ask of a store.
#[derive(Clone, Debug)]
pub enum StoreCommand {
    /// Open the store.
    Create(StoreEdit),
    /// Change the store.
    Edit(StoreEdit),
    /// Take part in shopping, or no longer.
    Participate(bool),
    /// Close the store for good.
    Archive,
    /// Put a product on the shelf.
    AddProduct(ProductId, ProductEdit),
    /// Change a product.
    EditProduct(ProductId, ProductEdit),
    /// Take products off the shelf for good; ones already archived are skipped.
    ArchiveProducts(Vec<ProductId>),
    /// Take every product off the shelf for good.
    ArchiveAllProducts,
    /// Put everything an order wants aside, or nothing.
    Reserve {
        /// The order.
        order_id: OrderId,
        /// What it wants; a product may appear more than once.
        lines: Vec<StockLine>,
    },
    /// Put an order's reservation back on the shelf.
    Release(OrderId),
    /// Hand an order's reservation over.
    Ship(OrderId),
}

/// Why a store command is refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum StoreError {
    /// A text breaks a rule.
    #[error("{field} {error}")]
    Text {
        /// The field, as the API names it.
        field: &'static str,
        /// The rule.
        error: TextError,
    },
    /// The delay is beyond [`CONFIRMATION_DELAY_MS_MAX`].
    #[error("confirmation_delay_ms must be at most {CONFIRMATION_DELAY_MS_MAX}")]
    ConfirmationDelay,
    /// The price is negative or beyond [`AMOUNT_MINOR_MAX`].
    #[error("price must be 0 to {AMOUNT_MINOR_MAX} minor units")]
    Price,
    /// The stock is negative or beyond [`STOCK_MAX`].
    #[error("stock must be 0 to {STOCK_MAX}")]
    Stock,
    /// Another active product of the store has this SKU.
    #[error("another product of the store has the SKU {0}")]
    SkuTaken(Arc<str>),
    /// The store has no active product of this id.
    #[error("the store has no product {0}")]
    NoSuchProduct(ProductId),
    /// The store is closed for good.
    #[error("the store is archived")]
    Archived,
    /// The order can not be served; the order's saga decides what that means.
    #[error("the store can not serve the order")]
    CannotServe(StoreRejection),
}

impl StoreState {
    /// The store before its first event.
    #[must_use]
    pub fn blank(id: StoreId) -> Self {
        Self {
            id,
            name: Arc::from(""),
            location: Arc::from(""),
            participating: false,
            confirmation_delay_ms: 0,
            fulfilment: Fulfilment::Internal,
            archived: false,
            products: BTreeMap::new(),
            reservations: BTreeMap::new(),
            version: 0,
            created_at: Timestamp(0),
        }
    }

    /// Decides a command; no events means that nothing needs to change.
    ///
    /// # Errors
    /// [`StoreError`] names the field or the reason.
    pub fn decide(&self, command: &StoreCommand) -> Result<Vec<StoreEvent>, StoreError> {
        match command {
            // What was promised before the store closed is still kept.
            StoreCommand::Release(order_id) => return Ok(self.end_reservation(*order_id, released)),
            StoreCommand::Ship(order_id) => return Ok(self.end_reservation(*order_id, shipped)),
            StoreCommand::Reserve { order_id, lines } => return self.reserve(*order_id, lines),
            StoreCommand::Archive if self.archived => return Ok(vec![]),
            _ if self.archived => return Err(StoreError::Archived),
            _ => {}
        }
        match command {
            StoreCommand::Create(edit) => Ok(vec![self.created(edit)?]),
            StoreCommand::Edit(edit) => self.edited(edit),
            StoreCommand::Participate(wanted) if *wanted == self.participating => Ok(vec![]),
            StoreCommand::Participate(true) => Ok(vec![event::Joined {}.into()]),
            StoreCommand::Participate(false) => Ok(vec![event::Left {}.into()]),
            StoreCommand::Archive => Ok(vec![event::Archived {}.into()]),
            StoreCommand::AddProduct(id, edit) => self.product_added(*id, edit),
            StoreCommand::EditProduct(id, edit) => self.product_edited(*id, edit),
            StoreCommand::ArchiveProducts(ids) => Ok(self.products_archived(ids.iter().copied())),
            StoreCommand::ArchiveAllProducts => Ok(self.products_archived(self.products.keys().copied())),
            StoreCommand::Reserve { .. } | StoreCommand::Release(_) | StoreCommand::Ship(_) => Ok(vec![]),
        }
    }

    fn created(&self, edit: &StoreEdit) -> Result<StoreEvent, StoreError> {
        let event::Edited { name, location, confirmation_delay_ms, fulfilment } = self.merge(edit)?;
        Ok(event::Created { name, location, confirmation_delay_ms, fulfilment }.into())
    }

    fn edited(&self, edit: &StoreEdit) -> Result<Vec<StoreEvent>, StoreError> {
        let edited = self.merge(edit)?;
        let same = edited.name == self.name
            && edited.location == self.location
            && edited.confirmation_delay_ms == self.confirmation_delay_ms
            && edited.fulfilment == self.fulfilment;
        Ok(if same { vec![] } else { vec![edited.into()] })
    }

    fn merge(&self, edit: &StoreEdit) -> Result<event::Edited, StoreError> {
        let (name, location) = (edit.name.as_deref(), edit.location.as_deref());
        let confirmation_delay_ms = edit.confirmation_delay_ms.unwrap_or(self.confirmation_delay_ms);
        if confirmation_delay_ms > CONFIRMATION_DELAY_MS_MAX {
            return Err(StoreError::ConfirmationDelay);
        }
        Ok(event::Edited {
            name: required("name", name.unwrap_or(&self.name), NAME_MAX)?,
            location: required("location", location.unwrap_or(&self.location), LOCATION_MAX)?,
            confirmation_delay_ms,
            fulfilment: edit.fulfilment.unwrap_or(self.fulfilment),
        })
    }

    fn product_added(&self, id: ProductId, edit: &ProductEdit) -> Result<Vec<StoreEvent>, StoreError> {
        let sku = edit.sku.as_deref().map(|sku| required("sku", sku, SKU_MAX)).transpose()?;
        // A product without a SKU gets one that can not collide: the end of its own id.
        let sku = sku.unwrap_or_else(|| Arc::from(format!("P-{}", &id.0.simple().to_string()[20..]).as_str()));
        let stock = edit.stock.unwrap_or(0);
        let price = edit.price.ok_or(StoreError::Price)?;
        check_price(price)?;
        check_stock(stock)?;
        self.check_sku(id, &sku)?;
        Ok(vec![
            event::ProductAdded {
                product_id: id,
                sku,
                name: required("name", edit.name.as_deref().unwrap_or(""), NAME_MAX)?,
                description: optional("description", edit.description.as_deref().unwrap_or(""), DESCRIPTION_MAX)?,
                price,
                stock,
            }
            .into(),
        ])
    }

    fn product_edited(&self, id: ProductId, edit: &ProductEdit) -> Result<Vec<StoreEvent>, StoreError> {
        let present = self.product(id).ok_or(StoreError::NoSuchProduct(id))?;
        let edited = event::ProductEdited {
            product_id: id,
            sku: required("sku", edit.sku.as_deref().unwrap_or(&present.sku), SKU_MAX)?,
            name: required("name", edit.name.as_deref().unwrap_or(&present.name), NAME_MAX)?,
            description: optional(
                "description",
                edit.description.as_deref().unwrap_or(&present.description),
                DESCRIPTION_MAX,
            )?,
            price: edit.price.unwrap_or(present.price),
        };
        check_price(edited.price)?;
        self.check_sku(id, &edited.sku)?;
        let available = edit.stock.unwrap_or_else(|| present.stock.available());
        check_stock(available)?;
        let described_the_same = edited.sku == present.sku
            && edited.name == present.name
            && edited.description == present.description
            && edited.price == present.price;
        let mut events = Vec::new();
        if !described_the_same {
            events.push(edited.into());
        }
        if available != present.stock.available() {
            events.push(event::StockSet { product_id: id, available }.into());
        }
        Ok(events)
    }

    fn check_sku(&self, id: ProductId, sku: &Arc<str>) -> Result<(), StoreError> {
        let taken = self.products.values().any(|other| other.id != id && !other.archived && other.sku == *sku);
        if taken { Err(StoreError::SkuTaken(sku.clone())) } else { Ok(()) }
    }

    fn products_archived(&self, ids: impl Iterator<Item = ProductId>) -> Vec<StoreEvent> {
        let active = ids.filter(|id| self.product(*id).is_some());
        active.map(|product_id| event::ProductArchived { product_id }.into()).collect()
    }

    fn reserve(&self, order_id: OrderId, lines: &[StockLine]) -> Result<Vec<StoreEvent>, StoreError> {
        if self.reservations.contains_key(&order_id) {
            return Ok(vec![]);
        }
        if self.archived {
            return Err(StoreError::CannotServe(StoreRejection::StoreClosed));
        }
        let wanted = sum_by_product(lines);
        let mut short = Vec::new();
        for line in &wanted {
            let Some(product) = self.product(line.product_id) else {
                return Err(StoreError::CannotServe(StoreRejection::ProductUnavailable(line.product_id)));
            };
            let (requested, available) = (i64::from(line.quantity), product.stock.available());
            if requested > available {
                short.push(Shortage { product_id: line.product_id, requested, available });
            }
        }
        if !short.is_empty() {
            return Err(StoreError::CannotServe(StoreRejection::OutOfStock(short)));
        }
        Ok(vec![event::StockReserved { order_id, lines: wanted }.into()])
    }

    fn end_reservation(&self, order_id: OrderId, end: fn(OrderId, Vec<StockLine>) -> StoreEvent) -> Vec<StoreEvent> {
        self.reservations.get(&order_id).map(|lines| end(order_id, lines.clone())).into_iter().collect()
    }

    /// Applies one event.
    pub fn evolve(&mut self, event: &StoreEvent, at: Timestamp) {
        match event {
            StoreEvent::Created(created) => {
                self.name = created.name.clone();
                self.location = created.location.clone();
                self.confirmation_delay_ms = created.confirmation_delay_ms;
                self.fulfilment = created.fulfilment;
                self.created_at = at;
            }
            StoreEvent::Edited(edited) => {
                self.name = edited.name.clone();
                self.location = edited.location.clone();
                self.confirmation_delay_ms = edited.confirmation_delay_ms;
                self.fulfilment = edited.fulfilment;
            }
            StoreEvent::Joined(_) => self.participating = true,
            StoreEvent::Left(_) => self.participating = false,
            StoreEvent::Archived(_) => {
                self.archived = true;
                self.participating = false;
                for product in self.products.values_mut().filter(|product| !product.archived) {
                    product.archived = true;
                    product.version += 1;
                }
            }
            StoreEvent::ProductAdded(added) => self.add(added, at),
            StoreEvent::ProductEdited(edited) => self.change(edited.product_id, |product| {
                product.sku = edited.sku.clone();
                product.name = edited.name.clone();
                product.description = edited.description.clone();
                product.price = edited.price;
            }),
            StoreEvent::ProductArchived(archived) => {
                self.change(archived.product_id, |product| product.archived = true);
            }
            StoreEvent::StockSet(set) => {
                self.change(set.product_id, |product| product.stock = product.stock.with_available(set.available));
            }
            StoreEvent::StockReserved(reserved) => {
                self.move_stock(&reserved.lines, Stock::reserve);
                self.reservations.insert(reserved.order_id, reserved.lines.clone());
            }
            StoreEvent::StockReleased(released) => {
                self.move_stock(&released.lines, Stock::release);
                self.reservations.remove(&released.order_id);
            }
            StoreEvent::StockShipped(shipped) => {
                self.move_stock(&shipped.lines, Stock::ship);
                self.reservations.remove(&shipped.order_id);
            }
        }
        self.version += 1;
    }

    fn add(&mut self, added: &event::ProductAdded, at: Timestamp) {
        let product = ProductState {
            id: added.product_id,
            sku: added.sku.clone(),
            name: added.name.clone(),
            description: added.description.clone(),
            price: added.price,
            stock: Stock { on_hand: added.stock, reserved: 0 },
            archived: false,
            version: 1,
            created_at: at,
        };
        self.products.insert(added.product_id, product);
    }

    fn change(&mut self, id: ProductId, change: impl FnOnce(&mut ProductState)) {
        if let Some(product) = self.products.get_mut(&id) {
            change(product);
            product.version += 1;
        }
    }

    fn move_stock(&mut self, lines: &[StockLine], movement: fn(Stock, i64) -> Stock) {
        for line in lines {
            self.change(line.product_id, |product| product.stock = movement(product.stock, i64::from(line.quantity)));
        }
    }

    /// The active product of this id.
    #[must_use]
    pub fn product(&self, id: ProductId) -> Option<&ProductState> {
        self.products.get(&id).filter(|product| !product.archived)
    }

    /// The ids of the products an event changes.
    #[must_use]
    pub fn touched_by(&self, event: &StoreEvent) -> Vec<ProductId> {
        match event {
            StoreEvent::Created(_) | StoreEvent::Edited(_) | StoreEvent::Joined(_) | StoreEvent::Left(_) => vec![],
            StoreEvent::Archived(_) => self.products.keys().copied().collect(),
            StoreEvent::ProductAdded(added) => vec![added.product_id],
            StoreEvent::ProductEdited(edited) => vec![edited.product_id],
            StoreEvent::ProductArchived(archived) => vec![archived.product_id],
            StoreEvent::StockSet(set) => vec![set.product_id],
            StoreEvent::StockReserved(event::StockReserved { lines, .. })
            | StoreEvent::StockReleased(event::StockReleased { lines, .. })
            | StoreEvent::StockShipped(event::StockShipped { lines, .. }) => {
                lines.iter().map(|line| line.product_id).collect()
            }
        }
    }
}

fn released(order_id: OrderId, lines: Vec<StockLine>) -> StoreEvent {
    event::StockReleased { order_id, lines }.into()
}

fn shipped(order_id: OrderId, lines: Vec<StockLine>) -> StoreEvent {
    event::StockShipped { order_id, lines }.into()
}

/// One line a product: the stock check looks at the *summed* quantity, so splitting a line can not oversell.
fn sum_by_product(lines: &[StockLine]) -> Vec<StockLine> {
    let mut sums: Vec<StockLine> = Vec::with_capacity(lines.len());
    for line in lines {
        match sums.iter_mut().find(|sum| sum.product_id == line.product_id) {
            Some(sum) => sum.quantity += line.quantity,
            None => sums.push(*line),
        }
    }
    sums
}

fn check_price(price: Money) -> Result<(), StoreError> {
    if (0..=AMOUNT_MINOR_MAX).contains(&price.amount_minor) { Ok(()) } else { Err(StoreError::Price) }
}

fn check_stock(stock: i64) -> Result<(), StoreError> {
    if (0..=STOCK_MAX).contains(&stock) { Ok(()) } else { Err(StoreError::Stock) }
}

fn required(field: &'static str, raw: &str, max: usize) -> Result<Arc<str>, StoreError> {
    text::required(raw, max).map_err(|error| StoreError::Text { field, error })
}

fn optional(field: &'static str, raw: &str, max: usize) -> Result<Arc<str>, StoreError> {
    text::optional(raw, max).map_err(|error| StoreError::Text { field, error })
}
