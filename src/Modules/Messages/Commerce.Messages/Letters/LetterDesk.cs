using System.Globalization;
using Commerce.Catalog.Contracts;
using Commerce.Identity.Contracts;
using Commerce.Messages.ReadModels;
using Commerce.Monetary;
using Commerce.Orders.Contracts;

namespace Commerce.Messages.Letters;

/// <summary>Writes letters the moment they are sent: it asks where to and what about, so the outbox need not keep what orders and customers know.</summary>
internal sealed class LetterDesk(IOrderContacts orders, ICustomerContacts customers, ISkuNames names, MessagesOptions options)
{
    /// <summary>The letter of a message; null when there is nobody to write to.</summary>
    public async ValueTask<Letter?> WriteAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        switch (message.Kind)
        {
            case MessageKinds.LowStock:
                return options.Staff.Address.Length == 0 ? null : LowStock(message, LetterWords.In(options.DefaultLocale));
            case MessageKinds.BackInStock:
                var words = LetterWords.In(message.Locale, options.DefaultLocale);
                var known = await names.NamesAsync([message.Sku!], words.Language, cancellationToken);
                return message.Recipient is null ? null : BackInStock(message, message.Recipient, known.GetValueOrDefault(message.Sku!), words);
            default:
                return await orders.FindAsync(message.OrderId!.Value, cancellationToken) is { } order && await AddressAsync(order, cancellationToken) is { } address
                    ? OfOrder(message, order, address, LetterWords.In(order.Locale, options.DefaultLocale))
                    : null;
        }
    }

    /// <summary>A letter about an order.</summary>
    internal Letter OfOrder(OutgoingMessage message, OrderContact order, string address, LetterWords words)
    {
        var (subject, sentence, rows, sums) = message.Kind switch
        {
            MessageKinds.OrderConfirmation => (words.ConfirmationSubject, words.Confirmation, Goods(order), Sums(order, words)),
            MessageKinds.OrderCancellation => (words.CancellationSubject, words.Cancellation, [], []),
            MessageKinds.Shipment => (words.ShipmentSubject, words.Shipment, Parcel(message, order, words), []),
            MessageKinds.Refund => (words.RefundSubject, words.Refund, [], [new LetterRow(words.RefundAmount, Amount(message.Amount ?? 0m, order))]),
            var other => throw new InvalidOperationException($"Nobody knows how to write about {other}."),
        };
        return new Letter(
            words.Language, address, order.Name, About(subject, order.Number), [About(words.Greeting, order.Name), About(sentence, order.Number)], rows, sums,
            words.Closing, options.From.Name);
    }

    /// <summary>A letter to somebody who waited for a SKU.</summary>
    internal Letter BackInStock(OutgoingMessage message, string address, string? name, LetterWords words) => new(
        words.Language, address, null, About(words.BackInStockSubject, name ?? message.Sku!), [words.BackInStock, words.Once],
        [.. name is null ? Array.Empty<LetterRow>() : [new LetterRow(words.Product, name)], new LetterRow(words.Sku, message.Sku!)], [], words.Closing, options.From.Name);

    /// <summary>A letter to the staff.</summary>
    internal Letter LowStock(OutgoingMessage message, LetterWords words) => new(
        words.Language, options.Staff.Address, options.Staff.Name, About(words.LowStockSubject, message.Sku!), [words.LowStock],
        [
            new LetterRow(words.Sku, message.Sku!), new LetterRow(words.Available, (message.Available ?? 0).ToString(CultureInfo.InvariantCulture)),
            new LetterRow(words.Threshold, (message.Threshold ?? 0).ToString(CultureInfo.InvariantCulture)),
        ],
        [], words.Closing, options.From.Name);

    private async ValueTask<string?> AddressAsync(OrderContact order, CancellationToken cancellationToken)
    {
        if (order.Email is not null || order.CustomerId is not { } customer)
        {
            return order.Email;
        }

        var contacts = await customers.ContactsAsync([customer], cancellationToken);
        return contacts.GetValueOrDefault(customer)?.Email;
    }

    private static LetterRow[] Goods(OrderContact order) =>
        [.. order.Lines.Select(line => new LetterRow(Units(line.Name, line.Quantity), Amount(line.Total, order)))];

    // A total is the sum of what is shown, so what is shown is what is not nothing.
    private static LetterRow[] Sums(OrderContact order, LetterWords words) =>
    [
        .. new[] { (words.Goods, order.Subtotal), (words.Shipping, order.Shipping), (words.Tax, order.Tax), (words.Discount, -order.Discount) }
            .Where(sum => sum.Item2 != 0m).Select(sum => new LetterRow(sum.Item1, Amount(sum.Item2, order))),
        new LetterRow(words.Total, Amount(order.Total, order)),
    ];

    private static LetterRow[] Parcel(OutgoingMessage message, OrderContact order, LetterWords words)
    {
        var parcel = order.Parcels.First(one => one.ShipmentId == message.ShipmentId);
        return
        [
            .. parcel.Lines.Select(line => new LetterRow(
                order.Lines.FirstOrDefault(one => one.Sku == line.Sku)?.Name ?? line.Sku, string.Create(CultureInfo.InvariantCulture, $"× {line.Quantity}"))),
            new LetterRow(words.Carrier, parcel.Carrier), new LetterRow(words.Tracking, parcel.TrackingNumber),
        ];
    }

    private static string Units(string name, int quantity) => string.Create(CultureInfo.InvariantCulture, $"{name} × {quantity}");

    private static string Amount(decimal amount, OrderContact order) => Money.Of(amount, order.Currency).ToString();

    private static string About(string sentence, string what) => sentence.Replace("{0}", what, StringComparison.Ordinal);
}
