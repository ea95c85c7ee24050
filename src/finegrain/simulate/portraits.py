"""What the shop knows of its people by name: portraits that belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱江尹薛阎段雷侯龙陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_FEMALE = tuple("雨欣怡诗涵梓萱思琪佳雪婷静雅芳慧敏玲丽娟倩颖楠月瑶晨悦可若曦梦洁琳璐晓彤文心语嫣")
_MALE = tuple("伟强磊军洋勇杰涛明超浩宇轩子俊博文昊天泽鹏飞晨睿家豪志远海峰建国振华嘉铭一航思源宁")
_SHORT_SHARE = 0.3

CITIES = (
    ("上海", 9), ("北京", 8), ("深圳", 7), ("广州", 7), ("杭州", 6), ("成都", 6), ("重庆", 5), ("武汉", 5), ("苏州", 4),
    ("南京", 4), ("西安", 4), ("长沙", 3), ("郑州", 3), ("天津", 3), ("青岛", 3), ("宁波", 2), ("合肥", 2), ("厦门", 2),
    ("福州", 2), ("济南", 2), ("东莞", 2), ("佛山", 2), ("昆明", 2), ("沈阳", 2), ("大连", 2), ("哈尔滨", 1), ("南昌", 1),
    ("贵阳", 1), ("石家庄", 1), ("太原", 1),
)  # fmt: skip
GENDERS = ("女", "男")
_FEMALE_SHARE = 0.64

LEVELS = ("普通会员", "银卡会员", "金卡会员", "黑金会员")
_LEVEL_FROM_MAJOR = (500, 1_500, 4_000)
_YOUNGEST, _OLDEST = 18, 70


@dataclass(frozen=True)
class Portraits:
    """The visible traits of all people, one entry a person.

    Attributes:
        user_id: ``U000001`` and on, by sign-up.
        gender, city: places in ``GENDERS`` and ``CITIES``.
        birthday: between 18 and 70 years before the end of the history.
        phone: ``+86 000 …``; no Chinese number begins so.
        email: at ``example.com``, which is reserved.
    """

    user_id: list[str]
    name: list[str]
    gender: NDArray[np.int64]
    city: NDArray[np.int64]
    birthday: list[date]
    phone: list[str]
    email: list[str]


def draw_portraits(people: int, until: date, rng: np.random.Generator) -> Portraits:
    """Draw the portraits of ``people`` people; ages peak at about thirty."""
    gender = (rng.random(people) >= _FEMALE_SHARE).astype(np.int64)
    weights = np.array([weight for _, weight in CITIES])
    age_days = (np.clip(rng.gamma(5.0, 2.9, people) + _YOUNGEST, _YOUNGEST, _OLDEST) * 365.25).astype(np.int64) + 5
    numbers = range(1, people + 1)
    return Portraits(
        user_id=user_ids(people),
        name=_draw_names(gender, rng),
        gender=gender,
        city=rng.choice(len(CITIES), size=people, p=weights / weights.sum()),
        birthday=[until - timedelta(days=days) for days in age_days.tolist()],
        phone=[f"+86 000 {number // 10_000:04d} {number % 10_000:04d}" for number in numbers],
        email=[f"user{number:06d}@example.com" for number in numbers],
    )


def user_ids(people: int) -> list[str]:
    """Give the ids of all people, by sign-up: ``U000001`` and on."""
    return [f"U{number:06d}" for number in range(1, people + 1)]


def member_levels(spent_minor: NDArray[np.int64], minor_units: int) -> NDArray[np.int64]:
    """Give the place in ``LEVELS`` that each person's net spending has earned (from 500, 1,500 and 4,000 major units)."""
    return np.searchsorted(np.array(_LEVEL_FROM_MAJOR) * minor_units, spent_minor, side="right")


def _draw_names(gender: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    people = len(gender)
    # Surnames are listed by how common they are, so a falling weight gives a plausible street.
    surname_weights = 1 / (6.0 + np.arange(len(_SURNAMES)))
    surnames = _pick(_SURNAMES, rng.choice(len(_SURNAMES), size=people, p=surname_weights / surname_weights.sum()))
    firsts, seconds = _draw_given(gender, rng), _draw_given(gender, rng)
    short = (rng.random(people) < _SHORT_SHARE).tolist()
    return [
        surname + first + ("" if single else second)
        for surname, first, second, single in zip(surnames, firsts, seconds, short, strict=True)
    ]


def _draw_given(gender: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    female = _pick(_FEMALE, rng.integers(0, len(_FEMALE), len(gender)))
    male = _pick(_MALE, rng.integers(0, len(_MALE), len(gender)))
    return [hers if which == 0 else his for hers, his, which in zip(female, male, gender.tolist(), strict=True)]


def _pick(values: Sequence[str], places: NDArray[np.int64]) -> list[str]:
    return [values[place] for place in places.tolist()]
