namespace Commerce.Messages.Letters;

/// <summary>The words of all letters in one language. <c>{0}</c> is what a subject or sentence is about.</summary>
internal sealed record LetterWords
{
    private static readonly Dictionary<string, LetterWords> ByLanguage = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = new LetterWords
        {
            Language = "en",
            Greeting = "Hello {0},",
            ConfirmationSubject = "We have your order {0}",
            Confirmation = "Thank you for your order {0}. This is what you ordered:",
            CancellationSubject = "Your order {0} is cancelled",
            Cancellation = "Your order {0} is cancelled. If you have paid for it already, we will write to you when the money is on its way back.",
            ShipmentSubject = "Your order {0} is on its way",
            Shipment = "These goods of your order {0} are on their way:",
            Carrier = "Carrier",
            Tracking = "Tracking number",
            RefundSubject = "A refund for your order {0}",
            Refund = "We have given back money for your order {0}.",
            RefundAmount = "Refund",
            BackInStockSubject = "{0} is back in stock",
            BackInStock = "You wanted to hear when this can be bought again. It is back in stock now.",
            Once = "We write to you about this once.",
            LowStockSubject = "Stock of {0} is low",
            LowStock = "There is little left of this SKU. It is time to buy more.",
            Product = "Product",
            Sku = "SKU",
            Available = "Available",
            Threshold = "Threshold",
            Goods = "Goods",
            Discount = "Discount",
            Shipping = "Shipping",
            Tax = "Tax",
            Total = "Total",
            Closing = "Kind regards",
        },
        ["ko"] = new LetterWords
        {
            Language = "ko",
            Greeting = "{0} 님, 안녕하세요.",
            ConfirmationSubject = "주문이 접수되었습니다 ({0})",
            Confirmation = "주문해 주셔서 감사합니다. 주문번호는 {0}이며, 주문하신 내용은 아래와 같습니다.",
            CancellationSubject = "주문이 취소되었습니다 ({0})",
            Cancellation = "주문번호 {0}의 주문이 취소되었습니다. 이미 결제하신 금액은 환불되는 대로 다시 안내해 드리겠습니다.",
            ShipmentSubject = "상품이 발송되었습니다 ({0})",
            Shipment = "주문번호 {0}의 상품을 아래와 같이 발송했습니다.",
            Carrier = "택배사",
            Tracking = "운송장 번호",
            RefundSubject = "환불이 처리되었습니다 ({0})",
            Refund = "주문번호 {0}의 환불이 처리되었습니다.",
            RefundAmount = "환불 금액",
            BackInStockSubject = "다시 입고되었습니다: {0}",
            BackInStock = "입고 알림을 신청하신 상품이 다시 입고되어 지금 구매하실 수 있습니다.",
            Once = "이 알림은 한 번만 보내 드립니다.",
            LowStockSubject = "재고 부족: {0}",
            LowStock = "이 SKU의 재고가 얼마 남지 않았습니다. 추가 발주가 필요합니다.",
            Product = "상품",
            Sku = "SKU",
            Available = "판매 가능 수량",
            Threshold = "기준 수량",
            Goods = "상품 합계",
            Discount = "할인",
            Shipping = "배송비",
            Tax = "세금",
            Total = "합계",
            Closing = "감사합니다.",
        },
    };

    public required string Language { get; init; }

    public required string Greeting { get; init; }

    public required string ConfirmationSubject { get; init; }

    public required string Confirmation { get; init; }

    public required string CancellationSubject { get; init; }

    public required string Cancellation { get; init; }

    public required string ShipmentSubject { get; init; }

    public required string Shipment { get; init; }

    public required string Carrier { get; init; }

    public required string Tracking { get; init; }

    public required string RefundSubject { get; init; }

    public required string Refund { get; init; }

    public required string RefundAmount { get; init; }

    public required string BackInStockSubject { get; init; }

    public required string BackInStock { get; init; }

    public required string Once { get; init; }

    public required string LowStockSubject { get; init; }

    public required string LowStock { get; init; }

    public required string Product { get; init; }

    public required string Sku { get; init; }

    public required string Available { get; init; }

    public required string Threshold { get; init; }

    public required string Goods { get; init; }

    public required string Discount { get; init; }

    public required string Shipping { get; init; }

    public required string Tax { get; init; }

    public required string Total { get; init; }

    public required string Closing { get; init; }

    /// <summary>The words of the first of these languages that there are words in; English when there are none in any.</summary>
    public static LetterWords In(params IEnumerable<string?> locales) =>
        locales.Select(locale => locale is null ? null : ByLanguage.GetValueOrDefault(locale.Split('-', '_')[0])).FirstOrDefault(words => words is not null) ?? ByLanguage["en"];
}
