using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Commerce.Benchmarks.Harness;

namespace Commerce.Benchmarks.Orders;

/// <summary>Orders of 1 to 3 different SKUs, each under a key of its own; right is a 201 with the total that the prices make.</summary>
public class OrderTraffic : IHttpTraffic
{
    private const int LengthDigits = 4;
    private static readonly byte[] Total = "\"total\":{\"amount\":\""u8.ToArray();

    private readonly int _products;
    private readonly Random _random;
    private readonly long[] _cents;
    private long _number;

    public OrderTraffic(string name, int connections, int products)
    {
        Name = name;
        _products = products;
        _random = new Random(string.GetHashCode(name, StringComparison.Ordinal));
        _cents = new long[connections];
    }

    /// <summary>What its keys begin with.</summary>
    protected string Name { get; }

    /// <summary>Orders that were placed.</summary>
    public long Placed { get; private set; }

    /// <summary>Lines of the orders that were placed.</summary>
    public long Lines { get; private set; }

    /// <summary>Units that were sold.</summary>
    public long Units { get; private set; }

    protected Order[] Last { get; } = new Order[1024];

    public virtual int Write(int connection, Span<byte> request)
    {
        var count = _random.Next(1, 4);
        var order = new Order { Key = string.Create(CultureInfo.InvariantCulture, $"{Name}-{_number++}"), First = _random.Next(1, _products + 1), Quantity = _random.Next(1, 4) };
        if (count > 1)
        {
            order.Second = Other(order.First, order.First);
        }

        if (count > 2)
        {
            order.Third = Other(order.First, order.Second);
        }

        Last[connection] = order;
        return Render(connection, order, request);
    }

    public virtual bool IsRight(int connection, in HttpAnswer answer)
    {
        if (answer.Status != 201 || !HasTotal(answer.Body, _cents[connection]))
        {
            return false;
        }

        var order = Last[connection];
        Placed++;
        Lines += order.Lines;
        Units += order.Lines * order.Quantity;
        return true;
    }

    protected int Render(int connection, Order order, Span<byte> request)
    {
        var cents = Shop.Cents(order.First);
        var body = new StringBuilder(512);
        body.Append(CultureInfo.InvariantCulture, $$"""{"lines":[{"sku":"{{Shop.Sku(order.First)}}","quantity":{{order.Quantity}}}""");
        foreach (var more in (ReadOnlySpan<int>)[order.Second, order.Third])
        {
            if (more > 0)
            {
                body.Append(CultureInfo.InvariantCulture, $$""",{"sku":"{{Shop.Sku(more)}}","quantity":{{order.Quantity}}}""");
                cents += Shop.Cents(more);
            }
        }

        body.Append("""],"currency":"USD","email":"kim@example.com","shippingAddress":{"name":"Kim Min-ji","line1":"12 Sejong-daero","city":"Seoul","postalCode":"04524","country":"KR"},"payment":{"method":"manual"}}""");
        _cents[connection] = cents * order.Quantity;
        var text = body.ToString();
        return Encoding.UTF8.GetBytes(
            $"POST /api/v1/orders HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nIdempotency-Key: {order.Key}\r\nContent-Length: {text.Length.ToString($"D{LengthDigits}", CultureInfo.InvariantCulture)}\r\n\r\n{text}",
            request);
    }

    private static bool HasTotal(ReadOnlySpan<byte> body, long cents)
    {
        // The order's own total stands behind those of its lines.
        var at = body.LastIndexOf(Total);
        return at >= 0 && Utf8Parser.TryParse(body[(at + Total.Length)..], out decimal amount, out _) && amount * 100 == cents;
    }

    private int Other(int first, int second)
    {
        while (true)
        {
            var number = _random.Next(1, _products + 1);
            if (number != first && number != second)
            {
                return number;
            }
        }
    }

    protected struct Order
    {
        public string Key { get; set; }
        public int First { get; set; }
        public int Second { get; set; }
        public int Third { get; set; }
        public int Quantity { get; set; }

        public readonly int Lines => 1 + (Second > 0 ? 1 : 0) + (Third > 0 ? 1 : 0);
    }
}

/// <summary>
/// Everybody buys one unit of the same SKU, and every fifth request repeats the one before it of its connection: the answer must be the same byte for byte.
/// Right are 201s while units last and 409s after.
/// </summary>
public sealed class HotTraffic : OrderTraffic
{
    private const int RepeatEvery = 5;

    private readonly byte[]?[] _answers;
    private readonly bool[] _repeats;
    private readonly long[] _asked;
    private readonly int _product;
    private readonly long _stock;
    private long _number;

    public HotTraffic(string name, int connections, int product, long stock)
        : base(name, connections, product)
    {
        (_product, _stock) = (product, stock);
        (_answers, _repeats, _asked) = (new byte[]?[connections], new bool[connections], new long[connections]);
    }

    /// <summary>Repeats that were answered as the first time.</summary>
    public long Replayed { get; private set; }

    /// <summary>Orders that were refused because nothing was left.</summary>
    public long Refused { get; private set; }

    /// <summary>How many refusals end the traffic; endless without.</summary>
    public long RefusalsWanted { get; init; } = long.MaxValue;

    public override int Write(int connection, Span<byte> request)
    {
        if (Refused >= RefusalsWanted)
        {
            return 0;
        }

        _repeats[connection] = _answers[connection] is not null && _asked[connection]++ % RepeatEvery == RepeatEvery - 1;
        if (!_repeats[connection])
        {
            Last[connection] = new Order { Key = string.Create(CultureInfo.InvariantCulture, $"{Name}-{_number++}"), First = _product, Quantity = 1 };
        }

        return Render(connection, Last[connection], request);
    }

    public override bool IsRight(int connection, in HttpAnswer answer)
    {
        if (_repeats[connection])
        {
            Replayed++;
            return answer.Head.IndexOf("\r\nIdempotent-Replayed: true\r\n"u8) > 0 && answer.Body.SequenceEqual(_answers[connection]);
        }

        _answers[connection] = answer.Body.ToArray();
        if (answer.Status == 409 && answer.Body.IndexOf("/problems/insufficient-stock"u8) > 0)
        {
            Refused++;

            // Nobody is refused while a unit is left; those under way at the same time may be told before us.
            return Placed + _answers.Length >= _stock;
        }

        return base.IsRight(connection, answer);
    }
}
