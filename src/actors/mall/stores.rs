//! What administrators ask of stores.

use super::closings;
use super::door::Mall;
use crate::actors::admission::Admitted;
use crate::actors::ask::ask;
use crate::actors::error::MallError;
use crate::actors::store::{Administer, Expect};
use crate::domain::ids::StoreId;
use crate::domain::store::{StoreCommand, StoreEdit, StoreState};
use crate::ports::reply::{Reply, Responder};

impl Mall {
    /// Opens a store.
    ///
    /// # Errors
    /// [`MallError::Store`] names the field.
    pub async fn create_store(
        &self,
        mut edit: StoreEdit,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        edit.confirmation_delay_ms.get_or_insert(self.store_delay_ms());
        let lease = self.stores().create(StoreId(self.entropy().uuid()))?;
        let Admitted { cause, permit, .. } = by;
        let command = StoreCommand::Create(edit);
        ask(lease.addr(), Administer { command, expect: None, responder, cause, permit }).await
    }

    /// Runs an administrator's command on a store.
    ///
    /// # Errors
    /// What the store refuses; [`MallError::VersionMismatch`].
    pub async fn administer(
        &self,
        store_id: StoreId,
        command: StoreCommand,
        expect: Option<Expect>,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        self.check_currency(&command)?;
        let lease = self.stores().get(store_id)?;
        let Admitted { cause, permit, .. } = by;
        ask(lease.addr(), Administer { command, expect, responder, cause, permit }).await
    }

    fn check_currency(&self, command: &StoreCommand) -> Result<(), MallError> {
        let price = match command {
            StoreCommand::AddProduct(_, edit) | StoreCommand::EditProduct(_, edit) => edit.price,
            _ => None,
        };
        price.map_or(Ok(()), |price| self.check_money(price))
    }

    /// Closes a store for good; answers once it is archived.
    ///
    /// The closing is a fact before anybody is told of it: whoever fails on the way, or dies, the mall goes on with it
    /// (`Closings`).
    ///
    /// # Errors
    /// [`MallError::NoSuchStore`]; [`MallError::VersionMismatch`]; of any other the closing may have begun.
    pub async fn archive_store(
        &self,
        store_id: StoreId,
        expect: Option<Expect>,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let cause = by.cause.clone();
        self.closing().notify_one();
        let reply = self.administer(store_id, StoreCommand::Close, expect, responder, by).await?;
        self.forget_closing(store_id, &cause).await?;
        closings::finish(self.counter(), store_id, cause).await?;
        Ok(reply)
    }
}
