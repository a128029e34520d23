"""Test objects of this app. Each app has such a file; a factory makes what is valid by itself."""

import factory

from businesses.models import Business, Membership, Role, User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person{number}@example.com")
    # No usable password: hashing one takes longer than most tests. `set_password` where it matters.
    password = "!"


class BusinessFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Business

    name = factory.Sequence(lambda number: f"Pool Care {number}")
    slug = factory.Sequence(lambda number: f"pool-care-{number}")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    business = factory.SubFactory(BusinessFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER
