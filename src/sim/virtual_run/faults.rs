//! What goes wrong in a run in virtual time: the mall is told how its bank and stores behave, and crashes.

use super::error::RunError;
use crate::domain::participant::Participant;
use crate::domain::personality::Personality;
use crate::sim::door::Door;
use crate::sim::door::mall::{MallDoor, refused};
use crate::sim::run::faults::{Change, FaultPlan};
use crate::sim::staff;
use std::time::Duration;
use tokio::time::sleep;

/// The pause before the mall is told again how somebody behaves, when it was busy or dead.
const TOLD_AGAIN: Duration = Duration::from_millis(100);

/// Has everything go wrong at its time.
///
/// # Errors
/// The mall refuses a personality, or does not start again.
pub async fn run(plan: FaultPlan, door: &MallDoor) -> Result<(), RunError> {
    for (at, change) in plan.changes {
        door.until(at).await;
        match change {
            Change::Crash(down) => door.world().crash(down).await?,
            Change::Behave(participant, personality) => behave(door, participant, &personality).await?,
        }
    }
    Ok(())
}

/// Tells the mall how somebody behaves, whatever happens to it meanwhile: the same again changes nothing.
async fn behave(door: &MallDoor, participant: Participant, personality: &Personality) -> Result<(), RunError> {
    loop {
        let life = door.world().opened().await;
        let mall = life.mall().clone();
        let told = life.call(async {
            let by = staff::admit(&mall, "simulation")?;
            mall.set_personality(participant, personality.clone(), None, staff::quiet(|_| ()), by).await
        });
        match told.await {
            Some(Ok(_)) => return Ok(()),
            Some(Err(error)) if refused(&error).is_final() => return Err(error.into()),
            Some(Err(_)) | None => sleep(TOLD_AGAIN).await,
        }
    }
}
