"""What the demo's business sells. Prices are without GST, as on a trade price list."""

from decimal import Decimal

from businesses.models import Business
from invoices.models import Product, ProductCategory

SERVICING = "Pool servicing"
CHEMICALS = "Chemicals"
EQUIPMENT = "Equipment"
REPAIRS = "Repairs"
LABOUR = "Labour"

GST_FREE = "GST free"
GST_FREE_CODES = frozenset({"WATER-LAB", "FIRST-AID"})

# Code, name, price.
PRODUCTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    SERVICING: (
        ("SERVICE", "Regular pool service", "95.00"),
        ("SERVICE-SPA", "Regular spa service", "75.00"),
        ("SERVICE-COM", "Commercial pool service", "165.00"),
        ("VACUUM", "Vacuum to waste", "65.00"),
        ("GREEN", "Green pool recovery, first visit", "290.00"),
        ("ACID-WASH", "Acid wash", "680.00"),
        ("WATER-TEST", "Water test on site", "25.00"),
        ("WATER-LAB", "Water test, laboratory", "38.50"),
        ("HANDOVER", "New pool handover and lesson", "180.00"),
    ),
    CHEMICALS: (
        ("CHLOR-10", "Liquid chlorine 10 L", "22.2727"),
        ("CHLOR-GRAN", "Granular chlorine 10 kg", "98.1818"),
        ("ACID-5", "Hydrochloric acid 5 L", "12.6364"),
        ("SALT-20", "Pool salt 20 kg", "12.6364"),
        ("BUFFER-4", "Buffer 4 kg", "21.3636"),
        ("STABIL-2", "Stabiliser 2 kg", "30.8636"),
        ("CALCIUM-10", "Calcium hardness 10 kg", "51.3636"),
        ("ALGAE-1", "Algaecide 1 L", "33.5909"),
        ("PHOS-1", "Phosphate remover 1 L", "44.50"),
        ("CLARIFY-1", "Clarifier 1 L", "24.9545"),
        ("BROMINE-2", "Bromine tablets 2 kg", "89.0455"),
        ("MINERAL-10", "Mineral blend 10 kg", "43.5909"),
    ),
    EQUIPMENT: (
        ("PUMP-15", "Single-speed pump 1.5 hp", "685.00"),
        ("PUMP-VS", "Variable-speed pump", "1289.00"),
        ("FILTER-SAND", "Sand filter 25 in", "790.00"),
        ("FILTER-CART", "Cartridge element", "172.00"),
        ("CELL-25", "Salt cell 25 g/h", "420.00"),
        ("CHLORINATOR", "Salt chlorinator 25 g/h", "1150.00"),
        ("CLEANER-SUC", "Suction cleaner", "545.00"),
        ("CLEANER-ROB", "Robotic cleaner", "1490.00"),
        ("BASKET", "Skimmer basket", "28.6364"),
        ("HOSE-10", "Vacuum hose 10 m", "79.50"),
        ("FIRST-AID", "Resuscitation sign", "24.00"),
    ),
    REPAIRS: (
        ("SEAL-KIT", "Pump seal kit, fitted", "162.7273"),
        ("LEAK-TEST", "Leak detection", "320.00"),
        ("SAND-CHANGE", "Filter media change", "285.00"),
        ("LIGHT", "LED pool light, fitted", "395.00"),
        ("VALVE", "Multiport valve, fitted", "348.00"),
    ),
    LABOUR: (
        ("LABOUR", "Labour, per hour", "110.00"),
        ("LABOUR-AH", "Labour after hours, per hour", "165.00"),
        ("CALL-OUT", "Call-out", "85.00"),
        ("TRAVEL", "Travel, per km", "1.05"),
    ),
}


def make(business: Business) -> dict[str, Product]:
    """Create categories and products; return the products by code."""
    rates = {rate.name: rate for rate in business.tax_rates.all()}
    usual = next(rate for rate in rates.values() if rate.is_default)
    made: dict[str, Product] = {}
    for category_name, products in PRODUCTS.items():
        category = ProductCategory.objects.create(business=business, name=category_name)
        for code, name, price in products:
            made[code] = Product.objects.create(
                business=business,
                code=code,
                name=name,
                price=Decimal(price),
                tax_rate=rates[GST_FREE] if code in GST_FREE_CODES else usual,
                category=category,
            )
    return made
