"""Made-up residents, the same at each run."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
AREA = "152527"


@dataclass(frozen=True, slots=True)
class Person:
    """Enough of a resident to register one."""

    name: str
    sex: str
    birth_date: str
    id_no: str
    phone: str
    household: int


def people(count: int, seed: int = 1) -> Iterator[Person]:
    """``count`` people in households of four; numbers differ and have right check characters."""
    draw = random.Random(seed)
    for number in range(count):
        born = f"{draw.randint(1935, 2005)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        male = draw.random() < 0.5
        # The order number's last digit says the sex; the first two run through so that no two numbers are alike.
        order = f"{number % 100:02}{draw.choice('13579' if male else '02468')}"
        body = AREA + born.replace("-", "") + order
        check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
        name = draw.choice(FAMILY) + "".join(draw.choices(GIVEN, k=draw.randint(1, 2)))
        phone = f"1390000{number % 10_000:04}"
        yield Person(name, "1" if male else "2", born, body + check, phone, number // 4)
