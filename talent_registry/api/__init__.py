"""The GraphQL face: types, resolvers and the guards in front of them."""
