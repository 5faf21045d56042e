//! Seats at the live event stream. Each holds a connection and some kilobytes for as long as its client likes, so nobody
//! may take so many that others get none.

use super::codes::Code;
use crate::actors::principal::Principal;
use crate::domain::ids::CustomerId;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Seats of one customer: some open pages on some devices.
const PER_CUSTOMER: usize = 10;

/// The seats there are.
pub struct Seats {
    most: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_peer: BTreeMap<IpAddr, usize>,
    by_customer: BTreeMap<CustomerId, usize>,
}

/// One seat; given back when dropped.
pub struct Seat {
    seats: Arc<Seats>,
    peer: Option<IpAddr>,
    customer: Option<CustomerId>,
}

impl Seats {
    /// `most` seats.
    #[must_use]
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default() })
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).all
    }

    /// Takes a seat for a client at `peer`. The last twentieth is the staff's, who has to see what goes on; of the rest
    /// one peer leaves half to others.
    ///
    /// # Errors
    /// [`Code::TooManyStreams`].
    pub fn take(self: &Arc<Self>, peer: Option<IpAddr>, principal: Principal) -> Result<Seat, Code> {
        let is_staff = matches!(principal, Principal::Admin(_) | Principal::Reader(_));
        let customer = if let Principal::Customer(id) = principal { Some(id) } else { None };
        let peer = peer.filter(|_| !is_staff);
        let most = if is_staff { self.most } else { self.most - self.most / 20 };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = peer.map_or(0, |peer| taken.by_peer.get(&peer).copied().unwrap_or_default());
        let of_customer = customer.map_or(0, |id| taken.by_customer.get(&id).copied().unwrap_or_default());
        if taken.all >= most || of_peer >= self.most / 2 || of_customer >= PER_CUSTOMER {
            return Err(Code::TooManyStreams);
        }
        taken.all += 1;
        if let Some(peer) = peer {
            taken.by_peer.insert(peer, of_peer + 1);
        }
        if let Some(customer) = customer {
            taken.by_customer.insert(customer, of_customer + 1);
        }
        Ok(Seat { seats: self.clone(), peer, customer })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(peer) = self.peer {
            one_less(&mut taken.by_peer, &peer);
        }
        if let Some(customer) = self.customer {
            one_less(&mut taken.by_customer, &customer);
        }
    }
}

fn one_less<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::principal::Credential;
    use uuid::Uuid;

    const STAFF: Principal = Principal::Admin(Credential::Setting);

    fn peer(number: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, number])
    }

    #[test]
    fn nobody_takes_every_seat() {
        let seats = Seats::new(100);
        let customer = |number| Principal::Customer(CustomerId(Uuid::from_u128(number)));
        let take = |peer: IpAddr, principal, wanted: usize| -> Vec<Seat> {
            (0..wanted).filter_map(|_| seats.take(Some(peer), principal).ok()).collect()
        };
        let one = take(peer(1), customer(1), 100);
        assert_eq!(one.len(), PER_CUSTOMER, "a customer");
        let peers: Vec<_> = (2..30).flat_map(|number| take(peer(1), customer(number), 10)).collect();
        assert_eq!(one.len() + peers.len(), 50, "a peer, with as many customers as it likes");
        let other = take(peer(2), Principal::Open, 100);
        assert_eq!(other.len(), 45, "everybody but the staff");
        assert_eq!(take(peer(1), STAFF, 100).len(), 5, "the staff's own");
        drop((one, peers, other));
        assert_eq!(seats.taken.lock().unwrap().all, 0);
        assert_eq!(take(peer(1), STAFF, 200).len(), 100);
        let forgotten = seats.taken.lock().unwrap();
        assert!(forgotten.by_peer.is_empty() && forgotten.by_customer.is_empty());
    }
}
