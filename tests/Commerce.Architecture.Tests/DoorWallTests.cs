using Commerce.Architecture.Tests.Reading;
using Commerce.Architecture.Tests.Rules;

namespace Commerce.Architecture.Tests;

public sealed class DoorWallTests
{
    [Fact]
    public void Every_module_has_one_door() =>
        Disk.Modules.SelectMany(module => DoorWall.Breaches(Code.Module(module), $"Commerce.{module}.{module}Module")).ShouldBeEmpty();

    [Fact]
    public void What_modules_tell_each_other_is_approved()
    {
        var contracts = Disk.Modules.SelectMany(module => DoorWall.Exported(Code.Assembly($"Commerce.{module}.Contracts"))).ToList();

        contracts.ShouldNotBeEmpty();
        string.Join('\n', contracts).ShouldMatchApproved(options => options.NoDiff().SubFolder("Approved"));
    }

    [Fact]
    public void A_second_public_type_is_found()
    {
        DoorWall.Breaches(Code.BadSamples, "Commerce.Architecture.Tests.DoorWallTests").ShouldNotBeEmpty();
        DoorWall.Breaches(Code.BadSamples, "Commerce.Architecture.Tests.NoSuchDoor").ShouldContain(breach => breach.Contains("has no public", StringComparison.Ordinal));
    }
}
