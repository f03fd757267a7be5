using Commerce.Architecture.Tests.Reading;
using Mono.Cecil;

namespace Commerce.Architecture.Tests.Rules;

/// <summary>A module has one door: the only type that it exports.</summary>
internal static class DoorWall
{
    public static IEnumerable<string> Breaches(AssemblyDefinition assembly, string door) =>
        Exported(assembly).Where(type => type != door).Select(type => $"{type} is public beside the door {door}.")
            .Concat(Exported(assembly).Contains(door, StringComparer.Ordinal) ? [] : [$"{assembly.Name.Name} has no public {door}."]);

    public static IReadOnlyList<string> Exported(AssemblyDefinition assembly) =>
        [.. assembly.Types().Where(IsExported).Select(type => type.FullName).Order(StringComparer.Ordinal)];

    private static bool IsExported(TypeDefinition type) => type.DeclaringType is null ? type.IsPublic : type.IsNestedPublic && IsExported(type.DeclaringType);
}
