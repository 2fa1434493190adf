"""Names for the people of the demo group, and the logins that go with them."""
from collections.abc import Iterator
from random import Random

_SURNAMES = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he 林lin 高gao 罗luo "
    "郑zheng 梁liang 谢xie 宋song 唐tang 许xu 韩han 冯feng 邓deng 曹cao 彭peng 曾zeng 肖xiao 田tian 董dong 潘pan 袁yuan 蔡cai 蒋jiang 余yu"
)
_GIVEN = (
    "建国jianguo 志强zhiqiang 丽华lihua 晓东xiaodong 海燕haiyan 文斌wenbin 国平guoping 秀英xiuying 永刚yonggang 春梅chunmei "
    "明辉minghui 雪琴xueqin 俊杰junjie 桂芳guifang 立新lixin 佳怡jiayi 少华shaohua 玉兰yulan 振宇zhenyu 慧敏huimin "
    "伟民weimin 红霞hongxia 家豪jiahao 淑珍shuzhen 德胜desheng 思琪siqi 光明guangming 美玲meiling 成林chenglin 静怡jingyi "
    "超chao 敏min 磊lei 娟juan 勇yong 艳yan 涛tao 婷ting 鹏peng 洁jie 斌bin 莉li 浩hao 霞xia 凯kai 燕yan 波bo 雯wen 峰feng 颖ying"
)


def _pairs(text: str) -> list[tuple[str, str]]:
    """'王wang' -> ('王', 'wang')."""
    words = []
    for word in text.split():
        cut = next(i for i, letter in enumerate(word) if letter.isascii())
        words.append((word[:cut], word[cut:]))
    return words


def people(rng: Random) -> Iterator[tuple[str, str]]:
    """Endless (name, login) pairs, no name twice; the order depends on the seed only."""
    everyone = [(s + g, ps + pg) for s, ps in _pairs(_SURNAMES) for g, pg in _pairs(_GIVEN)]
    rng.shuffle(everyone)
    taken: dict[str, int] = {}
    for name, login in everyone:
        taken[login] = taken.get(login, 0) + 1
        yield name, login if taken[login] == 1 else f"{login}{taken[login]}"
