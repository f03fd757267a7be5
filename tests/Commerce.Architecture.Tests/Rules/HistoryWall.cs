using System.Collections;
using System.Reflection;
using Commerce.Architecture.Tests.Reading;
using Mono.Cecil;

namespace Commerce.Architecture.Tests.Rules;

/// <summary>What was stored once can be read for ever, and nothing that happened is overlooked.</summary>
internal static class HistoryWall
{
    /// <summary>Stands among the mentioned types for the state of a changed stream.</summary>
    public const string State = "state";

    /// <summary>The event types that a method mentions, itself or in what it calls within its assembly.</summary>
    public static IReadOnlySet<string> MentionedBy(AssemblyDefinition assembly, string type, params string[] methods)
    {
        var types = assembly.Types().ToDictionary(candidate => candidate.FullName, StringComparer.Ordinal);
        var start = types[type].WithNested().SelectMany(nested => nested.Methods)
            .Where(method => methods.Any(name => method.Name == name || method.Name.EndsWith("." + name, StringComparison.Ordinal)) || method.DeclaringType.FullName != type);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var mentioned = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<MethodDefinition>(start);
        while (waiting.TryPop(out var method))
        {
            if (!seen.Add(method.FullName))
            {
                continue;
            }

            foreach (var instruction in method.Instructions())
            {
                if (instruction.Operand is MethodReference { Name: "get_State" or "Deconstruct", DeclaringType.FullName: "Commerce.EventStore.StreamChange" })
                {
                    mentioned.Add(State);
                }

                if (instruction.Operand is GenericInstanceMethod generic)
                {
                    mentioned.UnionWith(generic.GenericArguments.SelectMany(Code.Parts).Select(argument => argument.FullName.Replace('/', '+')));
                }

                if (instruction.Operand is TypeReference named)
                {
                    mentioned.Add(named.FullName.Replace('/', '+'));
                }
                else if (instruction.Operand is FieldReference field && types.TryGetValue(field.DeclaringType.FullName, out var holder) && holder.FullName != type)
                {
                    // A list of types that stands elsewhere in the module.
                    foreach (var initializer in holder.Methods.Where(candidate => candidate.Name == ".cctor"))
                    {
                        waiting.Push(initializer);
                    }
                }
                else if (instruction.Operand is MethodReference called && types.TryGetValue(called.DeclaringType.GetElementType().FullName, out var declaring))
                {
                    // An iterator or async method is a step machine: making it leads to all of its steps.
                    foreach (var target in declaring.Methods.Where(candidate => (candidate.Name == called.Name && candidate.Parameters.Count == called.Parameters.Count)
                        || (called.Name == ".ctor" && declaring.IsCompilerMade() && candidate.Name == "MoveNext")))
                    {
                        waiting.Push(target);
                    }
                }
            }
        }

        return mentioned;
    }

    /// <summary>An instance with a recognizable value in every member: optional ones too, so that the golden JSON shows the whole shape.</summary>
    public static object Sample(Type type, int depth = 0)
    {
        var known = Nullable.GetUnderlyingType(type) ?? type;
        if (depth > 8)
        {
            throw new InvalidOperationException($"{type} is deeper than any event should be.");
        }

        if (known == typeof(string))
        {
            return "text";
        }

        if (known.IsEnum)
        {
            return Enum.GetValues(known).GetValue(0)!;
        }

        if (known == typeof(Commerce.Monetary.Money))
        {
            return Commerce.Monetary.Money.Of(39.90m, "USD");
        }

        if (Simple(known) is { } simple)
        {
            return simple;
        }

        if (known.IsArray)
        {
            var element = known.GetElementType()!;
            var array = Array.CreateInstance(element, 1);
            array.SetValue(Sample(element, depth + 1), 0);
            return array;
        }

        if (known.IsGenericType && typeof(IEnumerable).IsAssignableFrom(known))
        {
            return Collection(known, depth);
        }

        var constructor = known.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(candidate => candidate.GetParameters() is not [var only] || only.ParameterType != known)
            .MaxBy(candidate => candidate.GetParameters().Length) ?? throw new InvalidOperationException($"{known} cannot be made.");
        var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Sample(parameter.ParameterType, depth + 1))]);
        foreach (var property in known.GetProperties().Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0
            && !constructor.GetParameters().Any(parameter => string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase))))
        {
            property.SetValue(made, Sample(property.PropertyType, depth + 1));
        }

        return made;
    }

    private static object? Simple(Type type) => type.Name switch
    {
        nameof(Guid) => new Guid("01890000-0000-7000-8000-000000000001"),
        nameof(Int32) => 7,
        nameof(Int64) => 7L,
        nameof(Int16) => (short)7,
        nameof(Decimal) => 39.90m,
        nameof(Double) => 0.5,
        nameof(Boolean) => true,
        nameof(DateTimeOffset) => new DateTimeOffset(2026, 1, 31, 9, 30, 0, TimeSpan.Zero),
        nameof(DateOnly) => new DateOnly(2026, 1, 31),
        nameof(TimeSpan) => TimeSpan.FromMinutes(5),
        nameof(Uri) => new Uri("https://example.com/"),
        _ => null,
    };

    private static object Collection(Type type, int depth)
    {
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 2)
        {
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            dictionary.Add(arguments[0] == typeof(string) ? "key" : Sample(arguments[0], depth + 1), Sample(arguments[1], depth + 1));
            return dictionary;
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments))!;
        list.Add(Sample(arguments[0], depth + 1));
        if (type.IsAssignableFrom(list.GetType()))
        {
            return list;
        }

        var set = Activator.CreateInstance(typeof(HashSet<>).MakeGenericType(arguments), list)!;
        return type.IsAssignableFrom(set.GetType()) ? set : throw new InvalidOperationException($"{type} is a collection that no sample knows.");
    }
}
