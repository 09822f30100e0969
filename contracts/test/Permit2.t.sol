// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {Errors} from "../src/Errors.sol";
import {IBatchSettlement, IDepositCollector} from "../src/settlement/IBatchSettlement.sol";
import {Permit2} from "../src/settlement/Permit2.sol";
import {Permit2Collector} from "../src/settlement/Permit2Collector.sol";
import {TestMoney} from "../src/TestMoney.sol";
import {Deployed} from "./Deployed.sol";

contract Permit2Test is Test, Deployed {
    address internal constant PERMIT2 = 0x000000000022D473030F116dDEE9F6B43aC78BA3;
    string internal constant WITNESS =
        "DepositWitness witness)DepositWitness(bytes32 channelId)TokenPermissions(address token,uint256 amount)";

    Permit2 internal permit2 = Permit2(PERMIT2);
    IBatchSettlement internal settlement;
    Permit2Collector internal collector;
    TestMoney internal money;
    Account internal payer;
    IBatchSettlement.ChannelConfig internal config;
    bytes32 internal channelId;

    function setUp() public {
        vm.warp(1_800_000_000);
        // As on a development chain: deployed anywhere, then put where everybody looks.
        vm.etch(PERMIT2, deployArtifact("Permit2", "").code);
        settlement = deploySettlement();
        bytes memory args = abi.encode(address(settlement), PERMIT2);
        collector = Permit2Collector(deployArtifact("Permit2Collector", args));
        money = TestMoney(deployArtifact("TestMoney", ""));
        payer = makeAccount("payer");
        money.mint(payer.addr, 1000);
        config.payer = payer.addr;
        config.receiver = makeAddr("receiver");
        config.receiverAuthorizer = makeAddr("authorizer");
        config.token = address(money);
        config.withdrawDelay = 900;
        channelId = settlement.getChannelId(config);
    }

    // ------------------------------------------------------------------ makers

    function allow() private {
        vm.prank(payer.addr);
        money.approve(PERMIT2, type(uint256).max);
    }

    function permitOf(uint256 amount, uint256 nonce)
        private
        view
        returns (Permit2.PermitTransferFrom memory)
    {
        uint256 deadline = vm.getBlockTimestamp() + 60;
        return Permit2.PermitTransferFrom(Permit2.TokenPermissions(address(money), amount), nonce, deadline);
    }

    /// @dev As the standard has it, from the types in full.
    function sign(Permit2.PermitTransferFrom memory permit, address spender, bytes32 channel)
        private
        view
        returns (bytes memory)
    {
        bytes32 permissions = keccak256(
            abi.encode(
                keccak256("TokenPermissions(address token,uint256 amount)"),
                permit.permitted.token,
                permit.permitted.amount
            )
        );
        bytes32 typeHash = keccak256(
            "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,DepositWitness witness)DepositWitness(bytes32 channelId)TokenPermissions(address token,uint256 amount)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, permissions, spender, permit.nonce, permit.deadline, witnessOf(channel))
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", permit2.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payer.key, digest);
        return abi.encodePacked(r, s, v);
    }

    function witnessOf(bytes32 channel) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("DepositWitness(bytes32 channelId)"), channel));
    }

    /// @dev A transfer to this test, which is the spender.
    function take(Permit2.PermitTransferFrom memory permit, uint256 amount, bytes memory signature) private {
        permit2.permitWitnessTransferFrom(
            permit,
            Permit2.SignatureTransferDetails(address(this), amount),
            payer.addr,
            witnessOf(channelId),
            WITNESS,
            signature
        );
    }

    function deposit(uint128 amount, uint256 nonce, bytes32 channel, bytes memory moneyPermit) private {
        Permit2.PermitTransferFrom memory permit = permitOf(amount, nonce);
        bytes memory signature = sign(permit, address(collector), channel);
        bytes memory data = abi.encode(nonce, permit.deadline, signature, moneyPermit);
        settlement.deposit(config, amount, address(collector), data);
    }

    /// @dev The money's own permit, for Permit2.
    function moneyPermitOf(uint256 value) private view returns (bytes memory) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        uint256 deadline = vm.getBlockTimestamp() + 60;
        bytes32 structHash =
            keccak256(abi.encode(typeHash, payer.addr, PERMIT2, value, money.nonces(payer.addr), deadline));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", money.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payer.key, digest);
        return abi.encode(value, deadline, v, r, s);
    }

    // ------------------------------------------------------------------ Permit2

    function test_the_domain_is_that_of_permit2_which_has_no_version() public view {
        bytes32 typeHash = keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)");
        assertEq(
            permit2.DOMAIN_SEPARATOR(),
            keccak256(abi.encode(typeHash, keccak256("Permit2"), block.chainid, PERMIT2))
        );
    }

    function test_the_named_spender_moves_up_to_what_was_permitted() public {
        allow();
        Permit2.PermitTransferFrom memory permit = permitOf(100, 7);
        take(permit, 60, sign(permit, address(this), channelId));
        assertEq(money.balanceOf(address(this)), 60);
        assertEq(permit2.nonceBitmap(payer.addr, 0), 1 << 7);
    }

    function test_more_than_permitted_is_refused() public {
        allow();
        Permit2.PermitTransferFrom memory permit = permitOf(100, 7);
        bytes memory signature = sign(permit, address(this), channelId);
        vm.expectRevert(abi.encodeWithSelector(Errors.Permit2_AmountTooHigh.selector, 101, 100));
        take(permit, 101, signature);
    }

    function test_a_signature_is_good_until_its_deadline() public {
        allow();
        Permit2.PermitTransferFrom memory permit = permitOf(100, 7);
        bytes memory signature = sign(permit, address(this), channelId);
        vm.warp(permit.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Permit2_Expired.selector, permit.deadline, permit.deadline + 1)
        );
        take(permit, 100, signature);
        vm.warp(permit.deadline);
        take(permit, 100, signature);
    }

    function test_a_nonce_is_good_once_in_any_order() public {
        allow();
        for (uint256 nonce = 300; nonce > 298; --nonce) {
            Permit2.PermitTransferFrom memory permit = permitOf(100, nonce);
            bytes memory signature = sign(permit, address(this), channelId);
            take(permit, 100, signature);
            vm.expectRevert(abi.encodeWithSelector(Errors.Permit2_NonceUsed.selector, payer.addr, nonce));
            take(permit, 100, signature);
        }
        assertEq(permit2.nonceBitmap(payer.addr, 1), 3 << 43);
    }

    function test_nobody_else_spends_it_and_nothing_in_it_can_be_changed() public {
        allow();
        bytes memory refusal = abi.encodeWithSelector(Errors.Permit2_BadSignature.selector, payer.addr);
        Permit2.PermitTransferFrom memory permit = permitOf(100, 7);
        bytes memory signature = sign(permit, makeAddr("somebody else"), channelId);
        vm.expectRevert(refusal);
        take(permit, 100, signature);
        signature = sign(permit, address(this), "another channel");
        vm.expectRevert(refusal);
        take(permit, 100, signature);
        signature = sign(permit, address(this), channelId);
        permit.permitted.amount += 1;
        vm.expectRevert(refusal);
        take(permit, 100, signature);
        (permit.permitted.amount, permit.nonce) = (100, 8);
        vm.expectRevert(refusal);
        take(permit, 100, signature);
        (permit.nonce, permit.deadline) = (7, permit.deadline + 1);
        vm.expectRevert(refusal);
        take(permit, 100, signature);
        permit.deadline -= 1;
        permit.permitted.token = address(new TestMoney());
        vm.expectRevert(refusal);
        take(permit, 100, signature);
        permit.permitted.token = address(money);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(refusal);
        take(permit, 100, signature);
    }

    function test_an_owner_makes_its_own_nonces_void() public {
        allow();
        Permit2.PermitTransferFrom memory permit = permitOf(100, 300);
        bytes memory signature = sign(permit, address(this), channelId);
        permit2.invalidateUnorderedNonces(1, 1 << 44);
        vm.expectEmit(PERMIT2);
        emit Permit2.UnorderedNonceInvalidation(payer.addr, 1, 1 << 45);
        vm.prank(payer.addr);
        permit2.invalidateUnorderedNonces(1, 1 << 45);
        take(permit, 100, signature);
        vm.prank(payer.addr);
        permit2.invalidateUnorderedNonces(1, 1 << 46);
        assertEq(permit2.nonceBitmap(payer.addr, 1), 7 << 44);
        permit = permitOf(100, 301);
        signature = sign(permit, address(this), channelId);
        vm.expectRevert(abi.encodeWithSelector(Errors.Permit2_NonceUsed.selector, payer.addr, 301));
        take(permit, 100, signature);
    }

    // ------------------------------------------------------------------ collector

    function test_a_deposit_is_brought_by_the_payers_signature_and_only_once() public {
        allow();
        deposit(100, 7, channelId, "");
        (uint128 balance,) = settlement.channels(channelId);
        assertEq(balance, 100);
        assertEq(money.balanceOf(address(settlement)), 100);
        vm.expectRevert(abi.encodeWithSelector(Errors.Permit2_NonceUsed.selector, payer.addr, 7));
        this.depositAgain(7);
    }

    /// @dev A call of its own, so that what is expected to revert is all of it.
    function depositAgain(uint256 nonce) external {
        deposit(100, nonce, channelId, "");
    }

    function test_a_deposit_for_one_channel_does_not_open_another() public {
        allow();
        vm.expectRevert(abi.encodeWithSelector(Errors.Permit2_BadSignature.selector, payer.addr));
        this.depositElsewhere();
    }

    function depositElsewhere() external {
        deposit(100, 7, "another channel", "");
    }

    function test_the_moneys_own_permit_stands_in_for_an_allowance() public {
        deposit(100, 7, channelId, moneyPermitOf(100));
        assertEq(money.balanceOf(address(settlement)), 100);
    }

    function test_a_used_permit_does_no_harm() public {
        bytes memory used = moneyPermitOf(100);
        (uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) =
            abi.decode(used, (uint256, uint256, uint8, bytes32, bytes32));
        money.permit(payer.addr, PERMIT2, value, deadline, v, r, s);
        deposit(100, 7, channelId, used);
        assertEq(money.balanceOf(address(settlement)), 100);
    }

    function test_only_the_settlement_uses_the_collector() public {
        assertEq(collector.settlement(), address(settlement));
        assertEq(collector.permit2(), PERMIT2);
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.Collector_NotSettlement.selector, address(this), address(settlement)
            )
        );
        IDepositCollector(address(collector)).collect(payer.addr, address(money), 1, channelId, "");
    }
}
