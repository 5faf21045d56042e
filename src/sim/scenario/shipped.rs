//! The scenarios that are part of the program.

/// A scenario of the program.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its TOML.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal)*) => {
        &[$(Shipped { name: $name, text: include_str!(concat!("shipped/", $name, ".toml")) }),*]
    };
}

/// All of them.
pub const ALL: &[Shipped] = shipped! {
   "smoke" "day" "weekday-shop" "stress" "spike" "soak" "flash-sale" "bank-outage" "slow-stores" "retry-storm"
   "double-spend" "restart"
};

/// The one of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Shipped> {
    ALL.iter().find(|shipped| shipped.name == name)
}

#[cfg(test)]
mod tests {
    use super::super::document::read;
    use super::*;

    #[test]
    fn each_is_sound_says_what_it_asks_and_can_be_run() {
        for shipped in ALL {
            let document = read(shipped.name, shipped.text, &[]).unwrap();
            assert_eq!(document.scenario.name, shipped.name);
            assert!(!document.scenario.title.is_empty(), "{}", shipped.name);
            document.check_virtual().unwrap();
        }
        assert!(find("nothing").is_none());
    }
}
