//! The life of orders in virtual time: delays of seconds and minutes pass in milliseconds, deterministically.

mod outcomes;
mod outside;
mod recovery;
mod roads;
mod shopper;
