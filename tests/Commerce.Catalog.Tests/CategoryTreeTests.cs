namespace Commerce.Catalog.Tests;

public sealed class CategoryTreeTests
{
    private static readonly Guid Root = Id(1);
    private static readonly Guid Child = Id(2);
    private static readonly Guid Grandchild = Id(3);

    private static readonly CategoryTree Tree = CategoryTree.Initial
        .Evolve(new CategoryPlaced(Root, null, "root"))
        .Evolve(new CategoryPlaced(Child, Root, "child"))
        .Evolve(new CategoryPlaced(Grandchild, Child, "grandchild"));

    [Fact]
    public void No_category_comes_below_itself()
    {
        Tree.Place(Root, Grandchild, "root").Refusal.ShouldBeOfType<CategoryCircle>();
        Tree.Place(Root, Root, "root").Refusal.ShouldBeOfType<CategoryCircle>();
        Tree.Place(Grandchild, Root, "grandchild").ShouldBeOne<CategoryPlaced>().ParentId.ShouldBe(Root);
    }

    [Fact]
    public void Slugs_are_unique_and_come_free()
    {
        Tree.Place(Id(9), null, "child").Refusal.ShouldBeOfType<CategorySlugTaken>();
        var renamed = Tree.After(Tree.Place(Child, Root, "other"));
        renamed.Place(Id(9), null, "child").ShouldBeOne<CategoryPlaced>();
        renamed.Place(Child, Root, "other").ShouldBeNothing();
    }

    [Fact]
    public void Only_leaves_are_taken_out()
    {
        Tree.TakeOut(Child).Refusal.ShouldBeOfType<CategoryNotEmpty>();
        var without = Tree.After(Tree.TakeOut(Grandchild));
        without.TakeOut(Grandchild).Refusal.ShouldBeOfType<CategoryUnknown>();
        without.Place(Id(9), null, "grandchild").ShouldBeOne<CategoryPlaced>();
    }

    [Fact]
    public void The_parent_must_exist() => Tree.Place(Id(9), Id(8), "new").Refusal.ShouldNotBeNull();

    [Fact]
    public void The_depth_is_limited_for_whole_subtrees_too()
    {
        var deep = Enumerable.Range(10, CategoryTree.MaxDepth - 1)
            .Aggregate(Tree, (tree, i) => tree.Evolve(new CategoryPlaced(Id(i), i == 10 ? null : Id(i - 1), $"level-{i}")));
        var bottom = Id(10 + CategoryTree.MaxDepth - 2);
        deep.Place(Id(99), bottom, "fits").ShouldBeOne<CategoryPlaced>();
        deep.Place(Child, bottom, "child").Refusal.ShouldBeOfType<CategoryTooDeep>();
    }

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
