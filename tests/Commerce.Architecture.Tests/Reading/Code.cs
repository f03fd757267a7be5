using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Commerce.Architecture.Tests.Reading;

/// <summary>Compiled code as the rules look at it.</summary>
internal static class Code
{
    private static readonly DefaultAssemblyResolver Resolver = MakeResolver();
    private static readonly Dictionary<string, AssemblyDefinition> Read = new(StringComparer.Ordinal);

    /// <summary>The assembly of a project, from beside the tests.</summary>
    public static AssemblyDefinition Assembly(string name)
    {
        lock (Read)
        {
            if (!Read.TryGetValue(name, out var assembly))
            {
                Read[name] = assembly = AssemblyDefinition.ReadAssembly(
                    Path.Combine(AppContext.BaseDirectory, name + ".dll"), new ReaderParameters { AssemblyResolver = Resolver });
            }

            return assembly;
        }
    }

    /// <summary>The assembly of a module.</summary>
    public static AssemblyDefinition Module(string module) => Assembly($"Commerce.{module}");

    /// <summary>The tests themselves: where the bad samples live.</summary>
    public static AssemblyDefinition BadSamples { get; } = Assembly("Commerce.Architecture.Tests");

    public static IEnumerable<TypeDefinition> Types(this AssemblyDefinition assembly) => assembly.MainModule.GetAllTypes();

    /// <summary>A type and everything that the compiler nested in it: closures and async state machines.</summary>
    public static IEnumerable<TypeDefinition> WithNested(this TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    /// <summary>The outermost type around a type.</summary>
    public static TypeDefinition Outermost(this TypeDefinition type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type;
    }

    public static bool IsCompilerMade(this TypeDefinition type) => type.Name.Contains('<', StringComparison.Ordinal);

    public static IEnumerable<Instruction> Instructions(this MethodDefinition method) => method.HasBody ? method.Body.Instructions : [];

    /// <summary>Whether a type derives from another, over assemblies.</summary>
    public static bool DerivesFrom(this TypeReference? type, string fullName)
    {
        for (var current = type; current is not null;)
        {
            if (current.FullName == fullName)
            {
                return true;
            }

            try
            {
                current = current.Resolve()?.BaseType;
            }
            catch (AssemblyResolutionException)
            {
                return false;
            }
        }

        return false;
    }

    public static bool Implements(this TypeDefinition type, string interfaceName) => type.Interfaces.Any(i => i.InterfaceType.FullName == interfaceName);

    /// <summary>Every type that a type mentions: in its shape and in its code, with generic arguments.</summary>
    public static IEnumerable<TypeReference> Mentioned(this TypeDefinition type)
    {
        var seen = new List<TypeReference>();
        if (type.BaseType is not null)
        {
            seen.Add(type.BaseType);
        }

        seen.AddRange(type.Interfaces.Select(i => i.InterfaceType));
        seen.AddRange(type.Fields.Select(field => field.FieldType));
        seen.AddRange(type.CustomAttributes.SelectMany(InAttribute));
        foreach (var method in type.Methods)
        {
            seen.Add(method.ReturnType);
            seen.AddRange(method.Parameters.Select(parameter => parameter.ParameterType));
            seen.AddRange(method.CustomAttributes.SelectMany(InAttribute));
            if (method.HasBody)
            {
                seen.AddRange(method.Body.Variables.Select(variable => variable.VariableType));
            }

            seen.AddRange(method.Instructions().SelectMany(InOperand));
        }

        return seen.SelectMany(Parts);
    }

    /// <summary>The types that an instruction names.</summary>
    public static IEnumerable<TypeReference> InOperand(Instruction instruction) => instruction.Operand switch
    {
        GenericInstanceMethod method => method.GenericArguments.Append(method.DeclaringType).Append(method.ReturnType),
        MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)],
        FieldReference field => [field.DeclaringType, field.FieldType],
        TypeReference type => [type],
        _ => [],
    };

    /// <summary>A type, its generic arguments and its element types.</summary>
    public static IEnumerable<TypeReference> Parts(TypeReference type)
    {
        switch (type)
        {
            case GenericInstanceType generic:
                return generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType);
            case TypeSpecification specification:
                return Parts(specification.ElementType);
            case GenericParameter:
                return [];
            default:
                return [type];
        }
    }

    private static IEnumerable<TypeReference> InAttribute(CustomAttribute attribute) =>
        attribute.ConstructorArguments.Select(argument => argument.Value).OfType<TypeReference>().Append(attribute.AttributeType);

    private static DefaultAssemblyResolver MakeResolver()
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        foreach (var folder in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal))
        {
            resolver.AddSearchDirectory(folder);
        }

        return resolver;
    }
}
