using System.Globalization;

namespace Commerce.Benchmarks.Harness;

/// <summary>CPU time of process trees, from <c>/proc</c>.</summary>
public static class Cpu
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system seconds of a process with all its present and waited-for children.</summary>
    public static double SecondsOf(int root)
    {
        var stats = Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
            .Select(Read)
            .Where(stat => stat is not null)
            .Select(stat => stat!.Value)
            .ToDictionary(stat => stat.Id);
        var total = 0.0;
        foreach (var stat in stats.Values)
        {
            for (var id = stat.Id; ; id = stats[id].Parent)
            {
                if (id == root)
                {
                    total += stat.Ticks / TicksPerSecond;
                    break;
                }

                if (!stats.ContainsKey(id))
                {
                    break;
                }
            }
        }

        return total;
    }

    /// <summary>Seconds of this process's children that have ended.</summary>
    public static double SecondsOfEndedChildren()
    {
        var text = File.ReadAllText("/proc/self/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[13], CultureInfo.InvariantCulture) + double.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static (int Id, int Parent, double Ticks)? Read(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            // The name in parentheses may hold spaces.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            double Field(int number) => double.Parse(fields[number - 3], CultureInfo.InvariantCulture);
            return (int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), (int)Field(4), Field(14) + Field(15) + Field(16) + Field(17));
        }
        catch (IOException)
        {
            // It ended while we looked.
            return null;
        }
    }
}
