"""The names under which shops and systems export their columns, field by field, the most telling first."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finegrain.collect.mapping.contract import ImportKind

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_SEPARATORS = re.compile(r"[\s_\-.:：/#*$'\"]+")

_PERSON = """
    userid customerid memberid personid distinctid buyerid clientid shopperid householdid accountid customerno
    customernumber customercode memberno membernumber userno usercode uid openid unionid custid subscriberid playerid
    masterid sampleid externalid user customer member buyer household client 用户id 用户编号 用户号 用户标识 用户编码
    会员id 会员号 会员编号 会员卡号 会员编码 会员账号 客户id 客户编号 客户号 客户编码 顾客id 顾客编号 买家id
    买家会员名 买家账号 买家昵称 买家编号 粉丝id 账号 账号id 用户名 会员名 会员 用户 客户 顾客 买家 客户名称 会员名称
    email emailaddress customeremail useremail billingemail buyeremail mail phone phonenumber mobile mobilenumber
    billingphone customerphone 邮箱 电子邮箱 手机号 手机号码 手机 会员手机号 用户手机号 客户手机号 买家手机号
    下单人手机号 联系手机 联系电话 收货人手机 收货人手机号 收货人手机号提货人手机号 anonymousid visitorid deviceid
    cookieid 设备id 匿名id
"""

_ORDER_TIME = """
    orderdate ordertime orderedat orderdatetime ordercreatedat orderplacedat createdat datecreated purchasedate
    purchasetime purchasedat purchasetimestamp orderpurchasetimestamp invoicedate transactiontimestamp transactiondate
    transactiontime saledate salesdate 下单时间 下单日期 订单创建时间 订单提交时间 订单生成时间 订单时间 订单日期
    创建时间 提交时间 购买时间 购买日期 消费时间 消费日期 交易时间 交易日期 成交时间 成交日期 销售日期 销售时间 paidat
    datepaid paymentdate paymenttime 支付时间 付款时间 订单付款时间 订单支付时间 买家付款时间 付款日期 支付日期
    timestamp datetime date time day ts created 日期时间 日期 时间 processedat completeddate
"""

_NAMES: dict[ImportKind, dict[str, str]] = {
    "orders": {
        "order_id": """
            orderid orderno ordernumber ordernum ordersn ordercode orderref orderreference invoiceno invoiceid
            invoicenumber invoice basketid transactionid transactionno receiptno receiptid receiptnumber salesorder
            purchaseid checkoutid order 订单号 订单编号 订单id 订单编码 主订单编号 主订单号 父订单号 父订单编号
            交易编号 交易号 交易单号 单号 单据编号 单据号 小票号 小票编号 流水号 交易流水号 销售单号 网店订单号
            平台订单号 外部订单号 原始单号 商户订单号 订单
        """,
        "person": _PERSON,
        "time": _ORDER_TIME,
        "amount": """
            ordertotal ordertotalamount totalamount orderamount amountpaid paidamount totalpaid grandtotal total
            totalprice amount netamount payment paymentvalue linetotal lineamount itemtotal salesvalue dollarvalue
            salesamount revenue netsales sales ordervalue totalsales subtotal monetary spend price paid 实付金额
            实付款 实付 实际支付金额 买家实际支付金额 买家实付金额 订单实付金额 支付金额 付款金额 订单金额 订单总金额
            订单总额 成交金额 实收金额 应付金额 买家应付货款 商品实际成交金额 商品实付金额 消费金额 交易金额 销售金额
            销售额 总金额 总额 总价 合计 商品总价 小计 金额
        """,
        "quantity": """
            quantity qty lineitemquantity itemquantity orderquantity productquantity units unitssold pieces
            numberofcds numitems itemcount itemsqty 数量 商品数量 购买数量 销售数量 宝贝数量 商品件数 件数 宝贝总数量
            销量
        """,
        "unit_price": """
            unitprice lineitemprice itemprice itemcost productprice priceperunit priceeach sellingprice price 单价
            商品单价 销售单价 成交单价 商品价格 宝贝单价 售价 价格
        """,
        "currency": "currency currencycode ordercurrency 币种 货币 货币代码 币别",
        "status": """
            orderstatus financialstatus paymentstatus status orderstate state 订单状态 交易状态 状态 售后状态 退款状态
        """,
        "refund_of": """
            refundof originalorderid originalorderno originalorder originalinvoice refundedorderid parentorderid
            原订单号 原订单编号 原单号 关联订单号 退款订单号 被退订单号
        """,
        "product_id": """
            productid productcode productsku sku skuid skucode lineitemsku itemid itemcode itemsku itemno stockcode
            articleid goodsid variantid asin upc barcode 商品id 商品编号 商品编码 商品货号 商品代码 货号 产品编号
            产品id sku编码 sku编号 商家编码 规格编码 宝贝id 条码 商品条码
        """,
        "product_name": """
            productname producttitle lineitemname itemname itemtitle goodsname productdescription itemdescription
            description product item goods 商品名称 商品名 商品标题 宝贝标题 宝贝名称 产品名称 货品名称 品名 商品信息
            商品
        """,
        "category": """
            category productcategory categoryname itemcategory department producttype 类目 商品类目 分类 商品分类 品类
            商品品类 类别 商品类别 一级类目
        """,
        "coupon": """
            coupon couponcode coupons discountcode promocode promotioncode voucher vouchercode 优惠券 优惠券码 优惠码
            优惠券编号 优惠券名称
        """,
        "discount": """
            discount discountamount orderdiscount totaldiscount cartdiscount cartdiscountamount discounttotal
            retaildisc 优惠金额 优惠 折扣金额 折扣 优惠总额 店铺优惠金额 商品优惠 活动优惠
        """,
    },
    "events": {
        "person": _PERSON,
        "event": """
            event eventname eventtype action activity actiontype behavior behaviortype behaviour behaviourtype 事件
            事件名 事件名称 事件类型 行为 行为类型 动作 操作 埋点名称
        """,
        "time": """
            eventtime eventtimestamp eventdate timestamp originaltimestamp occurredat happenedat clienttime time
            datetime ts date createdat sentat receivedat servertime 事件时间 发生时间 行为时间 操作时间 触发时间 时间
            日期 时间戳 上报时间
        """,
        "message_id": """
            messageid eventid insertid trackid eventuuid uuid eventmessageid 事件id 消息id 日志id 事件编号
        """,
        "properties": """
            properties eventproperties props eventprops attributes eventparams params payload 属性 事件属性 参数
            扩展属性
        """,
    },
    "people": {
        "person": _PERSON + " id rowid",
        "known_since": """
            knownsince registeredat registrationdate registrationtime registrationdatetime registertime registerdate
            signupdate signuptime signedupat signupat joindate joinedat joined membersince customersince firstseen
            firstseenat createdat datecreated created accountcreated 注册时间 注册日期 入会时间 入会日期 成为会员时间
            成为客户时间 建档时间 开卡时间 首次访问时间 首次出现时间 创建时间 关注时间
        """,
    },
}
KNOWN_NAMES: dict[ImportKind, dict[str, dict[str, int]]] = {
    kind: {field: {name: rank for rank, name in enumerate(names.split())} for field, names in fields.items()}
    for kind, fields in _NAMES.items()
}
"""Kind → field → plain name → rank, 0 being the most telling."""

_PARTS: dict[str, tuple[str, ...]] = {
    "order_id": ("订单号", "订单编号", "单号", "orderid", "orderno", "ordernumber", "invoiceno"),
    "person": (
        "用户id",
        "会员号",
        "会员编号",
        "会员id",
        "客户编号",
        "客户id",
        "买家id",
        "userid",
        "customerid",
        "memberid",
        "customerno",
    ),
    "time": ("时间", "日期", "date", "time", "createdat"),
    "amount": ("金额", "实付", "amount", "ordertotal", "revenue"),
    "quantity": ("数量", "件数", "quantity", "qty"),
    "unit_price": ("单价", "unitprice"),
    "status": ("状态", "status"),
    "product_id": ("商品编码", "商品id", "productid", "sku"),
    "product_name": ("商品名", "宝贝标题", "productname"),
    "category": ("类目", "分类", "品类", "category"),
    "event": ("事件名", "eventname"),
    "known_since": ("注册", "入会", "register", "signup"),
    "message_id": ("messageid", "eventid"),
}
_NEVER: dict[str, tuple[str, ...]] = {
    "order_id": ("子订单", "子单", "物流", "快递", "运单", "发票", "退款"),
    "amount": ("优惠", "折扣", "运费", "邮费", "退款", "税", "积分", "红包", "discount", "shipping", "refund", "tax", "tip"),
    "time": (
        "发货",
        "完成",
        "确认",
        "退款",
        "收货",
        "更新",
        "update",
        "ship",
        "fulfil",
        "cancel",
        "refund",
        "deliver",
        "birth",
        "生日",
    ),
    "quantity": ("退", "refund", "return"),
    "status": ("物流", "发货", "ship", "fulfil"),
    "product_name": ("数量",),
}


def plain(name: str) -> str:
    """Give a column name without case, width, spaces, punctuation and what stands in brackets.

    Examples:
        >>> plain("Invoice No."), plain("实付金额（元）"), plain("customer_id"), plain("$insert_id")
        ('invoiceno', '实付金额', 'customerid', 'insertid')
    """
    narrow = unicodedata.normalize("NFKC", name).casefold().strip()
    return _SEPARATORS.sub("", _BRACKETS.sub("", narrow)) or _SEPARATORS.sub("", narrow)


def known_rank(kind: ImportKind, field: str, name: str) -> int | None:
    """Give how telling ``name`` is for ``field``, 0 the most; None where it is not a known name of it."""
    return KNOWN_NAMES[kind].get(field, {}).get(plain(name))


def resembles(field: str, name: str) -> bool:
    """Say whether ``name`` contains a word that speaks for ``field``, and none that speaks against it."""
    short = plain(name)
    return any(part in short for part in _PARTS.get(field, ())) and not any(part in short for part in _NEVER.get(field, ()))
