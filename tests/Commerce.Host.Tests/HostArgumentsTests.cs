using Commerce.Host.Startup;

namespace Commerce.Host.Tests;

public sealed class HostArgumentsTests
{
    [Fact]
    public void Arguments_are_read_and_the_rest_is_configuration()
    {
        var arguments = HostArguments.Read(["--port", "5090", "--data=/tmp/x", "--no-sample", "--EventStore:Writers=1"]);

        arguments.Port.ShouldBe(5090);
        arguments.DataFolder.ShouldBe("/tmp/x");
        arguments.LoadsSample.ShouldBeFalse();
        arguments.Configuration[^1].ShouldBe("--EventStore:Writers=1");
    }

    [Fact]
    public void One_thing_is_done_to_a_database_instead_of_serving()
    {
        var verify = HostArguments.Read(["verify", "--connection", "Host=x", "--events-only"]);
        var partition = HostArguments.Read(["partition", "--connection=Host=y"]);

        (verify.Verifies, verify.Serves, verify.ReadModels, verify.Connection).ShouldBe((true, false, false, "Host=x"));
        (partition.Partitions, partition.Serves, partition.Connection).ShouldBe((true, false, "Host=y"));
        HostArguments.Read(["--events-only"]).Configuration.ShouldContain("--events-only");
        HostArguments.Read([]).Serves.ShouldBeTrue();
    }

    [Fact]
    public void Without_arguments_the_usual_holds()
    {
        var arguments = HostArguments.Read([]);

        (arguments.Port, arguments.DataFolder, arguments.LoadsSample).ShouldBe((null, null, true));
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--port=http")]
    [InlineData("--port=70000")]
    [InlineData("--data")]
    public void What_makes_no_sense_is_said(string argument) => Should.Throw<StartException>(() => HostArguments.Read([argument])).Message.ShouldContain(argument.Split('=')[0]);

    [Fact]
    public async Task A_fault_that_the_caller_can_mend_is_a_line_and_an_exit_code()
    {
        (await StartFaults.TellAsync(() => throw new StartException("so"))).ShouldBe(1);
        (await StartFaults.TellAsync(() => Task.FromResult(7))).ShouldBe(7);
        await Should.ThrowAsync<InvalidOperationException>(() => StartFaults.TellAsync(() => throw new InvalidOperationException()));
    }

    [Fact]
    public void The_bootstrap_key_is_made_once_and_is_nobody_elses_to_read()
    {
        var path = Path.Combine(Path.GetTempPath(), "commerce-host-folder-" + EventStore.Identifiers.Next().ToString("N"));
        var folder = new HostFolder(path, path);
        var key = folder.BootstrapKey();

        key.Length.ShouldBeGreaterThan(30);
        new HostFolder(path, path).BootstrapKey().ShouldBe(key);
        folder.LeaveAddress("http://127.0.0.1:1");
        File.ReadAllText(Path.Combine(path, "address")).Trim().ShouldBe("http://127.0.0.1:1");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(path, "bootstrap-api-key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.Delete(path, recursive: true);
    }
}
