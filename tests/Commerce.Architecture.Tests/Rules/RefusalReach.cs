using Commerce.Architecture.Tests.Reading;
using Mono.Cecil;

namespace Commerce.Architecture.Tests.Rules;

/// <summary>
/// Which refusals a slice can come to: everything that its handler can reach within its module is followed, over calls, lambdas, async state
/// machines and the implementations of the module's own interfaces.
/// </summary>
internal sealed class RefusalReach(AssemblyDefinition assembly)
{
    private const string Refusal = "Commerce.Outcomes.Refusal";
    private const string Problem = "Commerce.Outcomes.ProblemAttribute";

    private readonly IReadOnlyList<TypeDefinition> _types = [.. assembly.Types()];

    /// <summary>The refusals and their statuses, from everything that these types do.</summary>
    public IReadOnlyDictionary<string, int> From(IEnumerable<string> typeNames)
    {
        var names = typeNames.ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<MethodDefinition>(_types
            .Where(type => names.Contains(type.FullName))
            .SelectMany(type => type.WithNested())
            .SelectMany(type => type.Methods)
            // What a record's compiler-made members print or compare refuses nothing.
            .Where(method => method.HasBody && method.Name is not ("ToString" or "PrintMembers" or "Equals" or "GetHashCode" or "<Clone>$")));
        while (waiting.TryPop(out var method))
        {
            if (!seen.Add(method.FullName))
            {
                continue;
            }

            foreach (var instruction in method.Instructions())
            {
                if (instruction.Operand is MethodReference called)
                {
                    Note(called, found);
                    foreach (var next in Targets(called))
                    {
                        waiting.Push(next);
                    }
                }
            }
        }

        return found;
    }

    private static void Note(MethodReference called, Dictionary<string, int> found)
    {
        // A refusal that is made here, one that a member of another assembly hands out, and the stream's own check of the version.
        var made = called.Name == ".ctor" ? called.DeclaringType
            : called.DeclaringType.Name.StartsWith("StagedStream", StringComparison.Ordinal) && called.Name == "Expect" ? null
            : called.ReturnType;
        if (made is null)
        {
            found["Commerce.EventStore.StaleVersion"] = 412;
            return;
        }

        if (made is GenericParameter || made.FullName == Refusal || !made.DerivesFrom(Refusal))
        {
            return;
        }

        var problem = made.Resolve().CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.FullName == Problem);
        found[made.FullName] = problem is null ? 0 : (int)problem.ConstructorArguments[0].Value;
    }

    private IEnumerable<MethodDefinition> Targets(MethodReference called)
    {
        if (called.DeclaringType.GetElementType().Scope is not ModuleDefinition)
        {
            yield break;
        }

        var declaring = called.DeclaringType.GetElementType().FullName;
        var type = _types.FirstOrDefault(candidate => candidate.FullName == declaring);
        if (type is null)
        {
            yield break;
        }

        foreach (var method in type.Methods.Where(candidate => candidate.Name == called.Name && candidate.Parameters.Count == called.Parameters.Count))
        {
            foreach (var body in WithStateMachine(method))
            {
                yield return body;
            }
        }

        if (type.IsInterface || type.IsAbstract)
        {
            var heirs = _types.Where(candidate => candidate.Implements(type.FullName) || candidate.BaseType?.FullName == type.FullName);
            foreach (var method in heirs.SelectMany(heir => heir.Methods)
                .Where(candidate => (candidate.Name == called.Name || candidate.Name.EndsWith("." + called.Name, StringComparison.Ordinal)) && candidate.Parameters.Count == called.Parameters.Count))
            {
                foreach (var body in WithStateMachine(method))
                {
                    yield return body;
                }
            }
        }
    }

    private static IEnumerable<MethodDefinition> WithStateMachine(MethodDefinition method)
    {
        yield return method;
        var machine = method.CustomAttributes
            .Where(attribute => attribute.AttributeType.Name is "AsyncStateMachineAttribute" or "IteratorStateMachineAttribute" or "AsyncIteratorStateMachineAttribute")
            .Select(attribute => ((TypeReference)attribute.ConstructorArguments[0].Value).Resolve())
            .FirstOrDefault();
        foreach (var step in machine?.Methods.Where(candidate => candidate.HasBody) ?? [])
        {
            yield return step;
        }
    }
}
