"""Services as a request finds them: made once, by whoever makes them, and never shared with another request."""

import pytest
from pyramid.config import Configurator
from pyramid.request import Request, apply_request_extensions
from zope.interface import Interface

from cabinet.services import stand_in


class IBook(Interface):
    """What is asked for."""


class IOwnBook(IBook):
    """The wider interface that its own module asks for."""


@pytest.fixture
def made():
    return []


@pytest.fixture
def new_request(made):
    def book(_context, request):
        made.append(request)
        return object()

    config = Configurator()
    config.include("cabinet.services")
    config.register_service_factory(book, IOwnBook)
    config.register_service_factory(lambda _context, _request: "named", IBook, name="other")
    config.commit()

    def new():
        request = Request.blank("/")
        request.registry = config.registry
        apply_request_extensions(request)
        return request

    return new


def test_a_service_is_made_once_whichever_interface_it_is_asked_for_by(new_request, made):
    request = new_request()
    assert request.find_service(IBook) is request.find_service(IOwnBook) is request.find_service(IBook)
    assert made == [request]
    assert request.find_service(IBook, name="other") == "named"


def test_two_requests_share_no_service(new_request, made):
    assert new_request().find_service(IBook) is not new_request().find_service(IBook)
    assert len(made) == 2


def test_nobody_makes_it_is_an_error_that_says_so(new_request):
    with pytest.raises(LookupError):
        new_request().find_service(IBook, name="missing")


def test_another_service_stands_in_for_one_request(new_request, made):
    request = new_request()
    stand_in(request, IBook, "ours")
    assert request.find_service(IBook) == "ours"
    assert not made
    assert new_request().find_service(IBook) != "ours"
