//! The stores and products of a demo mall: plausible, invented, with a few scarce, one sold out and one free.

/// A store to open.
pub struct DemoStore {
    /// What it is called.
    pub name: &'static str,
    /// Where it is.
    pub location: &'static str,
    /// How long it takes to confirm, percent of the mall's own delay: 20 is 3 s of 15 s.
    pub delay_percent: u64,
    /// What it sells.
    pub products: &'static [DemoProduct],
}

/// A product to put on the shelf.
pub struct DemoProduct {
    /// The stock keeping unit.
    pub sku: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Minor units of the mall's currency.
    pub price_minor: i64,
    /// Pieces available.
    pub stock: i64,
}

/// Shortens the tables below.
const fn item(
    sku: &'static str,
    name: &'static str,
    description: &'static str,
    price_minor: i64,
    stock: i64,
) -> DemoProduct {
    DemoProduct { sku, name, description, price_minor, stock }
}

/// The stores of a demo mall.
pub const STORES: &[DemoStore] = &[
    DemoStore {
        name: "Bean & Leaf",
        location: "Ground floor, A1",
        delay_percent: 20,
        products: &[
            item(
                "BL-ESP-250",
                "Espresso Notturno 250 g",
                "Dark roast, whole beans, notes of cocoa and walnut.",
                890,
                120,
            ),
            item(
                "BL-FLT-250",
                "Filter Roast Huehuetenango 250 g",
                "Light roast from Guatemala, bright and floral.",
                1150,
                80,
            ),
            item("BL-EGR-100", "Earl Grey Loose Leaf 100 g", "Ceylon black tea with oil of bergamot.", 690, 60),
            item("BL-SEN-080", "Sencha First Flush 80 g", "Steamed green tea from Kagoshima.", 1290, 35),
            item("BL-MOK-003", "Moka Pot, 3 cups", "Polished aluminium, for gas and electric hobs.", 2490, 24),
            item("BL-GRN-001", "Hand Grinder", "Steel burrs, 18 settings, folds for travel.", 5900, 12),
            item(
                "BL-SMP-001",
                "Tasting Sample",
                "One cup's worth of this week's roast. Free, one taste leads to another.",
                0,
                500,
            ),
        ],
    },
    DemoStore {
        name: "Paper Moon Books",
        location: "Ground floor, A4",
        delay_percent: 40,
        products: &[
            item(
                "PM-ATL-001",
                "Atlas of Quiet Places",
                "Forty maps of places with nothing to do. Hardcover, 240 pages.",
                3400,
                18,
            ),
            item(
                "PM-RST-002",
                "Ferris and the Borrow Checker",
                "A picture book about sharing, for ages 4 to 8.",
                1490,
                75,
            ),
            item("PM-CKB-003", "One Pot, Four Seasons", "Eighty recipes that need one pot. Paperback.", 2290, 40),
            item(
                "PM-NOV-004",
                "The Lighthouse Ledger",
                "A novel about a keeper who wrote everything down. Paperback.",
                1290,
                64,
            ),
            item("PM-PUZ-005", "Logic Puzzles, Volume 9", "Two hundred puzzles, answers at the back.", 990, 90),
            item("PM-NTB-006", "Dotted Notebook A5", "160 pages of 100 g paper, lies flat.", 1650, 150),
            item(
                "PM-SGN-007",
                "The Lighthouse Ledger, signed",
                "First edition, numbered and signed by the author.",
                8900,
                1,
            ),
        ],
    },
    DemoStore {
        name: "Volt & Byte",
        location: "First floor, B2",
        delay_percent: 100,
        products: &[
            item("VB-HPH-100", "Over-ear Headphones Drift", "Wireless, noise cancelling, 38 hours.", 17_900, 30),
            item("VB-KBD-075", "Mechanical Keyboard 75 %", "Hot-swappable tactile switches, USB-C.", 12_900, 22),
            item("VB-CHG-065", "USB-C Charger 65 W", "Two ports, folding plug.", 3990, 140),
            item("VB-PWR-200", "Power Bank 20 Ah", "Charges a laptop once, a phone four times.", 5490, 65),
            item("VB-CAM-004", "Instant Camera Poplar", "Prints as you shoot; film sold separately.", 9900, 15),
            item("VB-LMP-010", "Desk Lamp Halo", "Dimmable, 2700 to 5000 K, no flicker.", 6900, 33),
            item(
                "VB-CON-005",
                "Game Console Nova",
                "The one everybody waits for. Sold out until the next delivery.",
                49_900,
                0,
            ),
            item("VB-CBL-002", "USB-C Cable 2 m", "Braided, 100 W, 10 Gbit/s.", 1990, 300),
        ],
    },
    DemoStore {
        name: "Green Corner",
        location: "First floor, B7",
        delay_percent: 60,
        products: &[
            item("GC-MON-017", "Monstera Deliciosa, 17 cm pot", "About 60 cm tall, likes bright shade.", 2990, 25),
            item("GC-SUC-003", "Trio of Succulents", "Three small ones in clay pots.", 1490, 48),
            item("GC-OLV-024", "Olive Tree, 24 cm pot", "For a sunny balcony; hardy to -8 degrees.", 5990, 8),
            item("GC-SOL-010", "Potting Soil 10 l", "Peat-free.", 790, 110),
            item("GC-CAN-002", "Watering Can 2 l", "Powder-coated steel with a long spout.", 2450, 30),
            item("GC-BON-001", "Juniper Bonsai, 30 years", "Trained since 1996. One of a kind.", 34_900, 1),
        ],
    },
    DemoStore {
        name: "Stride Sports",
        location: "Second floor, C3",
        delay_percent: 80,
        products: &[
            item("SS-RUN-042", "Running Shoes Aero, EU 42", "Neutral, 8 mm drop, 240 g.", 12_900, 20),
            item("SS-RUN-044", "Running Shoes Aero, EU 44", "Neutral, 8 mm drop, 250 g.", 12_900, 3),
            item("SS-YOG-006", "Yoga Mat 6 mm", "Natural rubber, 183 by 66 cm.", 4490, 55),
            item("SS-BTL-075", "Steel Bottle 0.75 l", "Keeps cold for 24 hours, hot for 12.", 2690, 130),
            item("SS-KTB-016", "Kettlebell 16 kg", "Cast iron, flat bottom.", 4990, 14),
            item("SS-BDM-003", "Badminton Set", "Two rackets, three shuttlecocks, net and bag.", 3990, 27),
            item("SS-TNT-002", "Two-person Tent Ridge", "2.1 kg, 3000 mm, up in four minutes.", 18_900, 6),
        ],
    },
    DemoStore {
        name: "Atelier Linden",
        location: "Second floor, C9",
        delay_percent: 50,
        products: &[
            item("AL-TEE-00M", "Heavy Cotton Tee, M", "Organic cotton, 240 g, boxy fit.", 3500, 70),
            item("AL-TEE-00L", "Heavy Cotton Tee, L", "Organic cotton, 240 g, boxy fit.", 3500, 52),
            item("AL-SCF-001", "Merino Scarf", "Woven in Biella, 180 by 30 cm.", 6900, 26),
            item("AL-BAG-004", "Canvas Tote", "Waxed canvas, leather handles.", 8900, 16),
            item("AL-SOK-003", "Wool Socks, three pairs", "Sizes 39 to 42.", 2400, 95),
            item("AL-COA-00M", "Loden Coat, M", "Made to last: repaired for free, for life.", 39_900, 2),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_demo_has_scarce_sold_out_and_free_products_and_every_sku_once() {
        let products: Vec<_> = STORES.iter().flat_map(|store| store.products).collect();
        let skus: BTreeSet<_> = products.iter().map(|product| product.sku).collect();
        assert_eq!((STORES.len(), skus.len()), (6, products.len()));
        assert!(products.len() >= 40);
        assert!(products.iter().any(|product| product.stock == 0));
        assert!(products.iter().any(|product| product.price_minor == 0));
        assert!(products.iter().filter(|product| (1..=3).contains(&product.stock)).count() >= 3);
    }
}
