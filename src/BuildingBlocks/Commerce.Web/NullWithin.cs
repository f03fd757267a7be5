using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Web;

/// <summary>
/// A null where a list's or dictionary's element type allows none. The serializer checks the nullability of members but not of what a collection
/// holds, so without this a handler would meet a null that its types promise not to be there.
/// </summary>
internal sealed class NullWithin(string place) : JsonException("A collection holds null where it must not.")
{
    /// <summary>The member and the element within it, such as <c>lines[2]</c>.</summary>
    public string Place { get; } = place;

    /// <summary>Makes every object that is read check its collections.</summary>
    public static void Refuse(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        var nullability = new NullabilityInfoContext();
        var checks = type.Properties.Where(property => property.Get is not null && Promises(property, nullability)).Select(property => (property.Name, Get: property.Get!)).ToArray();
        if (checks.Length == 0)
        {
            return;
        }

        type.OnDeserialized += read =>
        {
            foreach (var (name, get) in checks)
            {
                Check(name, get(read));
            }
        };
    }

    private static bool Promises(JsonPropertyInfo property, NullabilityInfoContext context)
    {
        if (property.AttributeProvider is not PropertyInfo declared || declared.PropertyType == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(declared.PropertyType))
        {
            return false;
        }

        var nullability = context.Create(declared);
        var element = nullability.ElementType ?? nullability.GenericTypeArguments.LastOrDefault();
        return element is { ReadState: NullabilityState.NotNull, Type.IsValueType: false };
    }

    private static void Check(string name, object? value)
    {
        switch (value)
        {
            case IDictionary dictionary:
                foreach (DictionaryEntry entry in dictionary)
                {
                    if (entry.Value is null)
                    {
                        throw new NullWithin($"{name}.{entry.Key}");
                    }
                }

                break;
            case IEnumerable list and not string:
                var index = 0;
                foreach (var element in list)
                {
                    if (element is null)
                    {
                        throw new NullWithin(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"));
                    }

                    index++;
                }

                break;
            default:
                break;
        }
    }
}
