using System.Text.RegularExpressions;

namespace Commerce.Cli.Samples;

/// <summary>
/// A category of the sample: its place in the Shopify taxonomy, the titles that belong to it, and the prices that are
/// made up for it. The first shelf whose words a title has takes the product.
/// </summary>
internal sealed record SampleShelf(string TaxonomyId, Regex Titles, int LowestCents, int HighestCents)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<SampleShelf> All { get; } =
    [
        Shelf("el-13-3-1-7", "toner|ink cartridge|singlepack|multipack|ink (black|cyan|magenta|yellow)", 1500, 18000),
        Shelf("el-13-4", "printer\\b|multifunction|officejet|laserjet.*(dpi|a4)|copier", 6000, 90000),
        Shelf("el-7-7-4", "cat ?[567]e?a?\\b.*cable|network(ing)? cable|fib(er|re) optic|patch cable", 300, 4000),
        Shelf("el-7-7-1", "(hdmi|displayport|vga|dvi|audio|coax|svideo|s-video|rca).*cable", 400, 6000),
        Shelf("el-7-7-3", "kvm.*cable", 1200, 5000),
        Shelf("el-7-1", "adapter", 500, 6000),
        Shelf("el-6-6", "notebook|laptop|chromebook|macbook", 35000, 220000),
        Shelf("el-6-8", "tablet|galaxy tab|ipad", 15000, 90000),
        Shelf("el-6-2", "\\bserver\\b.*(ghz|xeon)", 90000, 450000),
        Shelf("el-6-3", "\\bpc\\b|desktop|workstation|tower", 30000, 200000),
        Shelf("el-2-2-7-2", "headset", 1500, 20000),
        Shelf("el-2-2-7-1", "headphone|earbud|earphone", 1200, 35000),
        Shelf("el-2-2-10", "speaker", 1500, 40000),
        Shelf("el-7-9-12-8", "keyboard", 1000, 15000),
        Shelf("el-7-9-12-11", "\\bmouse\\b|trackball", 700, 12000),
        Shelf("el-17-1", "monitor|(lcd|led) display", 9000, 90000),
        Shelf("el-17-2", "projector(?!.*lamp)", 25000, 250000),
        Shelf("el-17-4", "\\btv\\b|television", 20000, 200000),
        Shelf("el-7-9-4", "processor|xeon|core i[3579]", 6000, 150000),
        Shelf("el-3-6-2-3", "motherboard|desktop board|server.*board", 7000, 40000),
        Shelf("el-7-12-3", "memory module|dimm|ddr", 1500, 25000),
        Shelf("el-7-9-14-8", "usb flash|flash drive", 500, 6000),
        Shelf("el-7-9-14-4", "hard drive|\\bhdd\\b|hard disk", 4000, 40000),
        Shelf("el-7-15-12", "\\bups\\b|uninterruptible", 7000, 120000),
        Shelf("el-7-15-10", "surge", 1200, 9000),
        Shelf("el-12-3", "switch\\b", 2500, 150000),
        Shelf("el-12-1-4", "router", 3000, 30000),
        Shelf("el-12-6", "network (card|adapter)|ethernet.*card|nic\\b", 1500, 30000),
        Shelf("co-2-2", "digital camera|compact camera|coolpix|powershot|cyber-shot", 9000, 120000),
        Shelf("co-1-2-1", "\\b(ef|af-s|nikkor).*mm|camera lens", 15000, 180000),
        Shelf("co-1-4-2", "camera (case|bag)|lens pouch", 1000, 15000),
        Shelf("el-4-8-5", "smartphone|galaxy s\\d|iphone", 20000, 120000),
        Shelf("el-4-8-3", "cordless|dect", 3000, 15000),
    ];

    private static SampleShelf Shelf(string taxonomyId, string words, int lowestCents, int highestCents) =>
        new(taxonomyId, new Regex(words, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Longest), lowestCents, highestCents);
}
