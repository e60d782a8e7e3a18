"""What the books tell the head: income and costs, money and its forecast, debts and balances."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the services."""
    from cabinet_finsystem import interfaces
    from cabinet_finsystem.reports.balances import client_balances_factory
    from cabinet_finsystem.reports.cells import cells_factory
    from cabinet_finsystem.reports.forecast import forecast_factory
    from cabinet_finsystem.reports.month import month_letters_factory
    from cabinet_finsystem.reports.overview import overview_factory
    from cabinet_finsystem.reports.pnl import pnl_factory
    from cabinet_finsystem.reports.position import position_factory
    from cabinet_finsystem.reports.receivables import receivables_factory
    from cabinet_finsystem.reports.revenue import revenue_factory
    from cabinet_finsystem.reports.work import office_work_factory

    config.register_service_factory(pnl_factory, interfaces.IPnl)
    config.register_service_factory(cells_factory, interfaces.ICells)
    config.register_service_factory(receivables_factory, interfaces.IReceivables)
    config.register_service_factory(client_balances_factory, interfaces.IClientBalances)
    config.register_service_factory(position_factory, interfaces.IMoneyPosition)
    config.register_service_factory(forecast_factory, interfaces.IForecast)
    config.register_service_factory(overview_factory, interfaces.IOverview)
    config.register_service_factory(office_work_factory, interfaces.IOfficeWork)
    config.register_service_factory(month_letters_factory, interfaces.IMonthLetters)
    config.register_service_factory(revenue_factory, interfaces.IRevenue)
