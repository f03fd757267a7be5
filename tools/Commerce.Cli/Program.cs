using System.CommandLine;
using Commerce.Cli.Evaluate;
using Commerce.Cli.Export;
using Commerce.Cli.Generate;
using Commerce.Cli.Import;
using Commerce.Cli.Samples;
using Commerce.Cli.Testing;

var root = new RootCommand("What ./dev does beyond starting programs.")
{
    ImportCommand.Create(),
    EvaluateCommand.Create(),
    ExportCommand.Create(),
    GenerateCommand.Create(),
    TestReportCommand.Create(),
    SampleCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
