//! What an administrator writes of a store and its products: merged with what there is, and checked field by field.

use super::command::{
    CONFIRMATION_DELAY_MS_MAX, DESCRIPTION_MAX, LOCATION_MAX, NAME_MAX, ProductEdit, SKU_MAX, StoreEdit, StoreError,
};
use super::event;
use super::state::StoreState;
use crate::domain::event::StoreEvent;
use crate::domain::ids::ProductId;
use crate::domain::inventory::STOCK_MAX;
use crate::domain::money::{AMOUNT_MINOR_MAX, Money};
use crate::domain::text;
use std::sync::Arc;

impl StoreState {
    pub(super) fn created(&self, edit: &StoreEdit) -> Result<StoreEvent, StoreError> {
        let event::Edited { name, location, confirmation_delay_ms, fulfilment } = self.merge(edit)?;
        Ok(event::Created { name, location, confirmation_delay_ms, fulfilment }.into())
    }

    pub(super) fn edited(&self, edit: &StoreEdit) -> Result<Vec<StoreEvent>, StoreError> {
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

    pub(super) fn product_added(&self, id: ProductId, edit: &ProductEdit) -> Result<Vec<StoreEvent>, StoreError> {
        let sku = edit.sku.as_deref().map(|sku| required("sku", sku, SKU_MAX)).transpose()?;
        // A product without a SKU gets one that cannot collide: the end of its own id.
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

    pub(super) fn product_edited(&self, id: ProductId, edit: &ProductEdit) -> Result<Vec<StoreEvent>, StoreError> {
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
