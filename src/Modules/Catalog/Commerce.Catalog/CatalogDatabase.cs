namespace Commerce.Catalog;

/// <summary>Stands for the schema <c>catalog</c> where the module's connections are asked for.</summary>
internal sealed class CatalogDatabase;
