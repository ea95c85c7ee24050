"""The items of the demo shop: categories, names in both languages and prices, all of our own making."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SERIES = (
    ("云岫", "Cloud Peak", 0.8),
    ("南枝", "South Bough", 0.9),
    ("听澜", "Tidesong", 1.0),
    ("初霁", "First Clearing", 1.2),
    ("松间", "Among Pines", 1.45),
)

_RANGE: dict[tuple[str, str], tuple[tuple[str, str, int], ...]] = {
    ("茶饮", "Tea and coffee"): (
        ("茉莉绿茶", "Jasmine Green Tea", 49),
        ("桂花乌龙", "Osmanthus Oolong", 59),
        ("冷萃咖啡", "Cold Brew Coffee", 69),
        ("老白茶饼", "Aged White Tea Cake", 138),
        ("花果茶", "Fruit Infusion", 39),
        ("燕麦奶", "Oat Drink", 45),
    ),
    ("零食", "Snacks"): (
        ("每日坚果", "Daily Nuts", 69),
        ("海盐曲奇", "Sea Salt Cookies", 29),
        ("冻干草莓", "Freeze-dried Strawberries", 35),
        ("牛肉干", "Beef Jerky", 59),
        ("黑巧克力", "Dark Chocolate", 45),
        ("糯米糍", "Mochi", 26),
    ),
    ("护肤", "Skin care"): (
        ("氨基酸洁面", "Amino Acid Cleanser", 79),
        ("保湿精华", "Hydrating Serum", 169),
        ("舒缓面霜", "Soothing Cream", 139),
        ("防晒乳", "Sunscreen Lotion", 99),
        ("补水面膜", "Hydrating Mask", 69),
        ("护手霜", "Hand Cream", 39),
    ),
    ("香氛", "Fragrance"): (
        ("无火香薰", "Reed Diffuser", 119),
        ("大豆蜡烛", "Soy Candle", 89),
        ("线香", "Incense Sticks", 49),
        ("衣柜香片", "Wardrobe Sachet", 29),
        ("车载香氛", "Car Fragrance", 79),
        ("助眠喷雾", "Pillow Mist", 65),
    ),
    ("家居", "Home"): (
        ("纯棉浴巾", "Cotton Bath Towel", 59),
        ("亚麻抱枕", "Linen Cushion", 69),
        ("床品四件套", "Bedding Set", 299),
        ("收纳盒", "Storage Box", 39),
        ("小夜灯", "Night Light", 59),
        ("记忆枕", "Memory Pillow", 149),
    ),
    ("厨房", "Kitchen"): (
        ("珐琅铸铁锅", "Enamelled Iron Pot", 269),
        ("保温杯", "Insulated Bottle", 89),
        ("陶瓷餐盘", "Ceramic Plate", 45),
        ("竹砧板", "Bamboo Board", 59),
        ("手冲壶", "Pour-over Kettle", 159),
        ("密封罐", "Storage Jar", 29),
    ),
    ("文具", "Stationery"): (
        ("手帐本", "Journal", 45),
        ("钢笔", "Fountain Pen", 89),
        ("和纸胶带", "Washi Tape", 19),
        ("水彩颜料", "Watercolours", 79),
        ("台历", "Desk Calendar", 35),
        ("笔袋", "Pencil Case", 29),
    ),
    ("母婴", "Baby"): (
        ("婴儿湿巾", "Baby Wipes", 39),
        ("纯棉连体衣", "Cotton Romper", 79),
        ("辅食碗", "Weaning Bowl", 49),
        ("安抚玩偶", "Comfort Toy", 69),
        ("保温奶瓶", "Insulated Feeding Bottle", 99),
        ("儿童牙刷", "Children's Toothbrush", 25),
    ),
    ("宠物", "Pets"): (
        ("冻干猫粮", "Freeze-dried Cat Food", 109),
        ("猫砂", "Cat Litter", 49),
        ("狗咬胶", "Dog Chew", 29),
        ("宠物窝", "Pet Bed", 119),
        ("逗猫棒", "Cat Wand", 19),
        ("牵引绳", "Dog Lead", 59),
    ),
    ("运动", "Sports"): (
        ("瑜伽垫", "Yoga Mat", 129),
        ("速干T恤", "Quick-dry T-shirt", 79),
        ("弹力带", "Resistance Band", 39),
        ("运动水壶", "Sports Bottle", 59),
        ("跳绳", "Skipping Rope", 35),
        ("运动袜", "Sports Socks", 29),
    ),
}

CATEGORIES = tuple(chinese for chinese, _ in _RANGE)
CATEGORIES_EN = tuple(english for _, english in _RANGE)
QUERIES = tuple(name for kinds in _RANGE.values() for name, _, _ in kinds)
QUERIES_PER_CATEGORY = 6


@dataclass(frozen=True)
class Item:
    """One item of the catalogue; ``price_minor`` in minor units, ``popularity`` is a weight within its category."""

    item_id: str
    name: str
    name_en: str
    category: int
    price_minor: int
    popularity: float


@dataclass(frozen=True)
class Catalogue:
    """All items, category by category, and by price within a category."""

    items: tuple[Item, ...]

    @cached_property
    def price_minor(self) -> NDArray[np.int64]:
        """``(n_items,) int64``: prices in minor units."""
        return np.array([item.price_minor for item in self.items], dtype=np.int64)

    @cached_property
    def category(self) -> NDArray[np.int64]:
        """``(n_items,) int64``: place of each item's category in ``CATEGORIES``."""
        return np.array([item.category for item in self.items], dtype=np.int64)

    @cached_property
    def _popularity_edges(self) -> NDArray[np.float64]:
        """Category number plus the cumulated share of popularity up to and including each item; ascending."""
        weight = np.array([item.popularity for item in self.items])
        totals = np.bincount(self.category, weights=weight)
        share = weight / totals[self.category]
        ends = np.cumsum(share)
        ends[np.diff(self.category, append=len(CATEGORIES)) > 0] = np.arange(1, len(CATEGORIES) + 1)
        return ends

    def pick(self, category: NDArray[np.int64], quantile: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give the item of each category that lies at ``quantile`` (0–1) of its sales, counted from the cheapest."""
        place = np.searchsorted(self._popularity_edges, category + quantile, side="right")
        last = np.searchsorted(self.category, category, side="right") - 1
        return np.minimum(place, last)


def build_catalogue(minor_units: int, rng: np.random.Generator) -> Catalogue:
    """Make the 300 items.

    Args:
        minor_units: minor units in one major unit of the currency.
        rng: draws which items are popular (a Zipf-like weight by a random rank within the category).
    """
    drafts = [
        (number, f"{series}·{kind}", f"{series_en} {kind_en}", round(base * factor))
        for number, kinds in enumerate(_RANGE.values())
        for kind, kind_en, base in kinds
        for series, series_en, factor in _SERIES
    ]
    drafts.sort(key=lambda draft: (draft[0], draft[3], draft[1]))
    per_category = QUERIES_PER_CATEGORY * len(_SERIES)
    ranks = np.concatenate([rng.permutation(per_category) for _ in CATEGORIES])
    return Catalogue(
        tuple(
            Item(f"P{place + 1:04d}", name, name_en, number, price * minor_units, 1.0 / (4.0 + ranks[place]))
            for place, (number, name, name_en, price) in enumerate(drafts)
        )
    )
