using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Commerce.Web;

/// <summary>
/// How many items a page may have: 1 to 100, 20 when the caller does not say. Bound from the query parameter of the handler parameter's name
/// (<c>PageLimit limit</c>); anything else than a number in range is a 400.
/// </summary>
public readonly record struct PageLimit
{
    /// <summary>The most that a page holds.</summary>
    public const int Most = 100;

    /// <summary>What a page holds when nobody says.</summary>
    public const int Usual = 20;

    private readonly int _value;

    private PageLimit(int value) => _value = value;

    /// <summary>The number of items.</summary>
    public int Value => _value == 0 ? Usual : _value;

    /// <summary>Items to read: one more than the page holds proves that there is a next page.</summary>
    public int PlusOne => Value + 1;

    /// <summary>The usual limit.</summary>
    public static PageLimit Default => default;

    /// <summary>A limit in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static PageLimit Of(int value) => value is >= 1 and <= Most ? new PageLimit(value) : throw new ArgumentOutOfRangeException(nameof(value));

    /// <summary>Binds the limit of a request.</summary>
    /// <exception cref="RequestRefusedException">It is no whole number from 1 to 100.</exception>
    public static ValueTask<PageLimit> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(parameter);
        var name = parameter.Name ?? "limit";
        if (!context.Request.Query.TryGetValue(name, out var texts))
        {
            return ValueTask.FromResult(Default);
        }

        return texts is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= Most
            ? ValueTask.FromResult(new PageLimit(value))
            : throw RequestRefusedException.Of(name, $"A whole number from 1 to {Most}.");
    }
}
