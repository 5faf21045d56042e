//! The life of orders in virtual time: delays of seconds and minutes pass in milliseconds, deterministically.

mod clock;
mod drive;
mod fates;
mod faults;
mod idle;
mod life;
mod outcomes;
mod outside;
mod personalities;
mod power;
mod recovery;
mod referee;
mod roads;
mod same;
mod shopper;
