// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../../src/interfaces/IMarket.sol";
import {Authorization} from "../../src/Types.sol";
import {WorksActs} from "./WorksActs.sol";

/// @dev The primary sale by all three ways to pay, and the books that every sale is checked against to the unit.
abstract contract SaleActs is WorksActs {
    /// @param sellerAtomic What the seller must get; zero in a primary sale.
    /// @param creatorAtomic What the creator must be owed for it.
    struct Sale {
        uint256 workId;
        uint256 quantity;
        address payer;
        address seller;
        address recipient;
        uint256 costAtomic;
        uint256 sellerAtomic;
        uint256 creatorAtomic;
        uint256 feeAtomic;
    }

    /// @dev What was whose before a sale.
    struct Purses {
        uint256 payerAtomic;
        uint256 sellerAtomic;
        uint256 ledgerAtomic;
        uint256 creatorDueAtomic;
    }

    mapping(uint256 workId => mapping(address holder => uint256)) internal held;
    mapping(uint256 workId => mapping(address holder => uint256)) internal copies;
    /// @dev What each account is owed by `Works`, credited or still in tills.
    mapping(address account => uint256) internal owed;

    uint256 internal paidAtomic;
    uint256 internal toSellersAtomic;
    uint256 internal toCreatorsAtomic;
    uint256 internal toParentsAtomic;
    uint256 internal toOperatorsAtomic;
    uint256 internal toProtocolAtomic;

    // ------------------------------------------------------------------ acts

    function mint(uint256 work, uint256 who, uint256 to, uint256 quantity, uint256 ceiling) external act {
        Sale memory sale = _primary(work, _person(who), _recipient(to), quantity % 5);
        uint256 maxCostAtomic =
            ceiling % 4 == 0 && sale.costAtomic != 0 ? sale.costAtomic - 1 : sale.costAtomic;
        bool legal = _isMintable(sale) && maxCostAtomic >= sale.costAtomic;
        bytes memory data =
            abi.encodeCall(IMarket.mint, (sale.workId, sale.quantity, sale.recipient, maxCostAtomic));
        _sell(sale, sale.payer, data, legal);
    }

    function mintWithPermit(uint256 work, uint256 who, uint256 to, uint256 quantity) external act {
        Sale memory sale = _primary(work, _person(who), _recipient(to), quantity % 5);
        bytes memory data = abi.encodeCall(
            IMarket.mintWithPermit,
            (
                sale.workId,
                sale.quantity,
                sale.recipient,
                sale.costAtomic,
                _permit(sale.payer, sale.costAtomic)
            )
        );
        _sell(sale, sale.payer, data, _isMintable(sale));
        _approveFrom(sale.payer, address(works));
    }

    function mintWithAuthorization(uint256 work, uint256 who, uint256 to, uint256 quantity, uint256 fault)
        external
        act
    {
        Sale memory sale = _primary(work, _person(who), _recipient(to), quantity % 5);
        bytes32 salt = bytes32(++nextSalt);
        bytes32 nonce = works.mintNonce(sale.workId, sale.quantity, sale.recipient, salt);
        Authorization memory authorization = _authorize(sale.payer, address(works), sale.costAtomic, nonce);
        if (fault % 6 == 0) {
            // A relayer that sends the editions elsewhere.
            _attempt(relayer, address(works), _relayed(sale, relayer, salt, authorization), false);
        }
        bool legal = _isMintable(sale);
        bytes memory data = _relayed(sale, sale.recipient, salt, authorization);
        _sell(sale, relayer, data, legal);
        if (legal && fault % 3 == 0) _attempt(relayer, address(works), data, false);
    }

    // ------------------------------------------------------------------ sales

    /// @dev Makes a sale and holds it against what it must change: who paid, who was paid, who is owed, who holds.
    function _sell(Sale memory sale, address caller, bytes memory data, bool legal) internal {
        money.mint(sale.payer, sale.costAtomic);
        Purses memory purses = _pursesOf(sale);
        _attempt(caller, address(works), data, legal);
        if (!legal) return;
        bool isRefused = sale.seller != address(0) && sale.sellerAtomic != 0 && _isRefused(sale.seller);
        _bookSale(sale, isRefused);
        _checkSale(sale, purses, isRefused);
    }

    function _bookSale(Sale memory sale, bool isRefused) private {
        address creator = models[sale.workId].creator;
        owed[creator] += sale.creatorAtomic;
        owed[treasury] += sale.feeAtomic;
        if (isRefused) owed[sale.seller] += sale.sellerAtomic;
        paidAtomic += sale.costAtomic;
        toCreatorsAtomic += sale.creatorAtomic;
        toProtocolAtomic += sale.feeAtomic;
        toSellersAtomic += sale.sellerAtomic;
        if (sale.seller == address(0)) models[sale.workId].minted += sale.quantity;
        else held[sale.workId][sale.seller] -= sale.quantity;
        held[sale.workId][sale.recipient] += sale.quantity;
    }

    function _checkSale(Sale memory sale, Purses memory purses, bool isRefused) private view {
        address creator = models[sale.workId].creator;
        uint256 sentAtomic = isRefused ? 0 : sale.sellerAtomic;
        uint256 creditedAtomic = isRefused && sale.seller == creator ? sale.sellerAtomic : 0;
        assertEq(
            _dueFor(sale.workId),
            purses.creatorDueAtomic + sale.creatorAtomic + creditedAtomic,
            "7: the creator's due did not rise by its share"
        );
        uint256 backAtomic = sale.payer == sale.seller ? sentAtomic : 0;
        assertEq(
            money.balanceOf(sale.payer),
            purses.payerAtomic + backAtomic - sale.costAtomic,
            "8: the buyer did not pay what it agreed to"
        );
        if (sale.payer != sale.seller && sale.seller != address(0)) {
            assertEq(
                money.balanceOf(sale.seller),
                purses.sellerAtomic + sentAtomic,
                "9: the seller did not get its proceeds"
            );
        }
        assertEq(
            money.balanceOf(address(works)),
            purses.ledgerAtomic + sale.costAtomic - sentAtomic,
            "1: a sale left more or less in the ledger than it owes"
        );
        assertEq(
            works.balanceOf(sale.recipient, sale.workId),
            held[sale.workId][sale.recipient],
            "13: the recipient does not hold what was bought"
        );
    }

    function _pursesOf(Sale memory sale) private view returns (Purses memory) {
        return Purses({
            payerAtomic: money.balanceOf(sale.payer),
            sellerAtomic: money.balanceOf(sale.seller),
            ledgerAtomic: money.balanceOf(address(works)),
            creatorDueAtomic: _dueFor(sale.workId)
        });
    }

    /// @dev What a work's creator is owed: its credit, and what this work accrued.
    function _dueFor(uint256 workId) private view returns (uint256) {
        (uint256 creatorAtomic,) = works.accruedOf(workId);
        return creatorAtomic + works.creditOf(models[workId].creator);
    }

    // ------------------------------------------------------------------ primary sale

    function _primary(uint256 work, address payer, address recipient, uint256 quantity)
        private
        view
        returns (Sale memory sale)
    {
        sale.workId = _work(work);
        (sale.payer, sale.recipient, sale.quantity) = (payer, recipient, quantity);
        sale.costAtomic = quantity * models[sale.workId].terms.priceAtomic;
        sale.feeAtomic = _feeOn(sale.workId, sale.costAtomic);
        sale.creatorAtomic = sale.costAtomic - sale.feeAtomic;
    }

    function _isMintable(Sale memory sale) private view returns (bool) {
        WorkModel storage model = models[sale.workId];
        return sale.quantity != 0 && model.minted + sale.quantity <= model.terms.editionCap
            && _mayHold(sale.recipient);
    }

    function _relayed(Sale memory sale, address recipient, bytes32 salt, Authorization memory authorization)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeCall(
            IMarket.mintWithAuthorization, (sale.workId, sale.quantity, recipient, salt, authorization)
        );
    }
}
